"""Whom an address stands for, where something is counted by it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

#: The length of a network of IPv6 that one house or one server has for itself.
_IPV6_NETWORK = 64


def network_of(address: str) -> str:
    """Return what is counted by: an address of IPv4, a network of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    known = known.ipv4_mapped or known if isinstance(known, IPv6Address) else known
    if isinstance(known, IPv4Address):
        return str(known)
    return str(IPv6Network((int(known), _IPV6_NETWORK), strict=False))

"""Certificates: made for these names only, renewed in time, and each fault in a sentence."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from levator.clinic.certificates import (
    TLS_FOLDER,
    Tls,
    again,
    check_name,
    checked,
    made_or_renewed,
    make_authority,
    tls_in,
)
from levator.errors import CallerError

NOW = datetime.now(UTC)
NAMES = ["Levator.test", "192.168.1.20", "fd00::1"]


def made(folder: Path, now: datetime = NOW) -> Tls:
    return make_authority(folder, "Praktijk Bos", NAMES, now)


def shown(tls: Tls) -> x509.Certificate:
    return x509.load_pem_x509_certificate(tls.certificate.read_bytes())


def authority_of(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / TLS_FOLDER / "authority.crt").read_bytes())


def test_it_is_for_its_names_and_this_computer(tmp_path: Path) -> None:
    tls = made(tmp_path)
    assert tls.names == ("levator.test", "localhost", "192.168.1.20", "fd00::1", "127.0.0.1")
    assert tls_in(tmp_path, NOW) == tls
    lasts = shown(tls).not_valid_after_utc - shown(tls).not_valid_before_utc
    assert lasts <= timedelta(days=398)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)


def test_the_authority_may_speak_for_these_names_only(tmp_path: Path) -> None:
    made(tmp_path)
    found = authority_of(tmp_path).extensions
    allowed = found.get_extension_for_class(x509.NameConstraints)
    assert allowed.critical
    assert x509.DNSName("levator.test") in (allowed.value.permitted_subtrees or [])
    assert found.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_there_is_nothing_where_nothing_was_made(tmp_path: Path) -> None:
    assert tls_in(tmp_path, NOW) is None


def test_it_is_renewed_in_its_last_weeks_by_the_same_authority(tmp_path: Path) -> None:
    first = made(tmp_path)
    number, authority = shown(first).serial_number, first.authority
    assert tls_in(tmp_path, NOW + timedelta(days=300)) == first
    assert shown(first).serial_number == number
    renewed = tls_in(tmp_path, NOW + timedelta(days=340))
    assert renewed is not None
    assert shown(renewed).serial_number != number
    assert (renewed.names, renewed.authority) == (first.names, authority)
    late = tls_in(tmp_path, NOW + timedelta(days=800))
    assert late is not None
    assert shown(late).not_valid_after_utc > NOW + timedelta(days=1000)


def test_one_that_the_clinic_brought_is_read_again_where_it_lies(tmp_path: Path) -> None:
    for folder in ("elsewhere", "here"):
        (tmp_path / folder).mkdir()
    brought, ours = made(tmp_path / "elsewhere"), made(tmp_path / "here")
    given = checked(brought.certificate, brought.key, NOW)
    brought.certificate.write_bytes(ours.certificate.read_bytes())
    with pytest.raises(CallerError, match="does not belong"):
        again(given, NOW)
    brought.key.write_bytes(ours.key.read_bytes())
    found = again(given, NOW)
    assert (found, found.authority) == (given, None)
    assert again(ours, NOW) == ours


def test_a_key_of_another_kind_is_none_of_our_authority(tmp_path: Path) -> None:
    made(tmp_path)
    foreign = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (tmp_path / TLS_FOLDER / "authority.key").write_bytes(foreign)
    with pytest.raises(CallerError, match="no key of levator's authority"):
        made_or_renewed(tmp_path, "Praktijk Bos", NAMES, NOW)


def test_no_certificate_outlives_its_authority(tmp_path: Path) -> None:
    made(tmp_path)
    late = NOW + timedelta(days=3600)
    renewed = tls_in(tmp_path, late)
    assert renewed is not None
    assert shown(renewed).not_valid_after_utc <= authority_of(tmp_path).not_valid_after_utc


def test_a_second_word_renews_and_keeps_the_names_that_are_there(tmp_path: Path) -> None:
    first = made(tmp_path)
    number = shown(first).serial_number
    for names in ([], ["192.168.1.20"], ["localhost", "levator.test"]):
        again = made_or_renewed(tmp_path, "Bos", names, NOW)
        assert sorted(again.names) == sorted(first.names)
        assert (again.names[0] == "localhost") == ("localhost" in names)
        assert again.authority == first.authority
        assert shown(again).serial_number != number


def test_a_name_that_tablets_would_not_believe_is_refused_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    first = made(tmp_path)
    before = first.certificate.read_bytes(), first.key.read_bytes()
    for name in ("other.test", "192.168.1.21", "test", "a.levator.test"):
        sentence = f"for levator.test, .*192.168.1.20.* only, not for {name}; move that folder"
        with pytest.raises(CallerError, match=sentence):
            made_or_renewed(tmp_path, "Bos", [name], NOW)
    assert (first.certificate.read_bytes(), first.key.read_bytes()) == before


def test_a_folder_that_is_closed_is_said(tmp_path: Path) -> None:
    made(tmp_path)
    key = tmp_path / TLS_FOLDER / "authority.key"
    key.unlink()
    key.mkdir()
    with pytest.raises(CallerError, match=r"levator-tls cannot be used \(.*belongs to who runs"):
        made_or_renewed(tmp_path, "Bos", [], NOW)
    with pytest.raises(CallerError, match=r"levator-tls cannot be used \("):
        tls_in(tmp_path, NOW + timedelta(days=340))


def test_an_authority_is_not_written_over(tmp_path: Path) -> None:
    made(tmp_path)
    with pytest.raises(CallerError, match="an authority that tablets trust"):
        made(tmp_path)


@pytest.mark.parametrize(
    "name", ["", "a b", "x/y", "http://levator.test", "é.test", "*.test", "a..b"]
)
def test_what_is_no_name_of_a_host_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CallerError, match="is no name of a host"):
        make_authority(tmp_path, "Bos", [name], NOW)
    assert tls_in(tmp_path, NOW) is None


def test_without_a_name_there_is_nothing_to_make(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="Name at least one host"):
        make_authority(tmp_path, "Bos", [], NOW)


@pytest.mark.parametrize(
    ("days", "sentence"), [(500, "has expired on"), (-30, r"holds from .* this computer's clock")]
)
def test_out_of_its_time_it_is_refused(tmp_path: Path, days: int, sentence: str) -> None:
    tls = made(tmp_path)
    with pytest.raises(CallerError, match=sentence):
        checked(tls.certificate, tls.key, NOW + timedelta(days=days))


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    tls = made(tmp_path)
    other = tls.certificate.with_name("authority.key")
    with pytest.raises(CallerError, match="does not belong to the certificate"):
        checked(tls.certificate, other, NOW)
    with pytest.raises(CallerError, match="is not there"):
        checked(tls.certificate, tmp_path / "nowhere", NOW)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "server.crt"
    with pytest.raises(CallerError, match=r"cannot be read \(it is not there\)"):
        checked(file, file, NOW)
    file.write_text("no certificate")
    with pytest.raises(CallerError, match="no certificate in PEM form"):
        checked(file, file, NOW)


def test_a_certificate_that_names_no_host_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    folder = tmp_path / TLS_FOLDER
    with pytest.raises(CallerError, match="names no host"):
        checked(folder / "authority.crt", folder / "authority.key", NOW)


def test_a_name_that_it_does_not_have_is_said(tmp_path: Path) -> None:
    tls = made(tmp_path)
    check_name(tls, "LEVATOR.test")
    with pytest.raises(CallerError, match=r"not for other\.test"):
        check_name(tls, "other.test")

"""Codes of an app and on paper: once each, and worth nothing to who has the database."""

import re

import pyotp
import pytest

from levator.clinic.factors import (
    RECOVERY_CODES,
    new_recovery_codes,
    new_totp_secret,
    recovery_hashes,
    totp_address,
    totp_step,
    without_code,
)

NOW_S = 1_900_000_000.0


def code(secret: str, at_s: float) -> str:
    return pyotp.TOTP(secret).at(int(at_s))


@pytest.mark.parametrize("off_s", [-30, 0, 30])
def test_a_clock_may_be_one_period_off(off_s: int) -> None:
    secret = new_totp_secret()
    step = totp_step(secret, code(secret, NOW_S + off_s), NOW_S, 0)
    assert step == (NOW_S + off_s) // 30


@pytest.mark.parametrize("off_s", [-60, 60])
def test_and_no_more_than_one(off_s: int) -> None:
    secret = new_totp_secret()
    assert totp_step(secret, code(secret, NOW_S + off_s), NOW_S, 0) is None


def test_a_code_works_once_and_an_earlier_one_not_after_it() -> None:
    secret = new_totp_secret()
    step = totp_step(secret, code(secret, NOW_S), NOW_S, 0)
    assert step is not None
    assert totp_step(secret, code(secret, NOW_S), NOW_S, step) is None
    assert totp_step(secret, code(secret, NOW_S - 30), NOW_S, step) is None
    assert totp_step(secret, code(secret, NOW_S + 30), NOW_S, step) == step + 1


@pytest.mark.parametrize("typed", ["", "000000", "12345", "ĳ", "１２３４５６", "x" * 10_000])
def test_what_is_no_code_is_none(typed: str) -> None:
    secret = "JBSWY3DPEHPK3PXP" * 2
    assert totp_step(secret, typed, NOW_S, 0) is None


def test_a_code_typed_with_a_space_is_the_code() -> None:
    secret = new_totp_secret()
    typed = code(secret, NOW_S)
    assert totp_step(secret, f" {typed[:3]} {typed[3:]} ", NOW_S, 0) is not None


def test_the_app_reads_who_and_where() -> None:
    address = totp_address("JBSWY3DPEHPK3PXP" * 2, "anke@bos.example", "levator Praktijk Bos")
    assert address.startswith("otpauth://totp/levator%20Praktijk%20Bos:anke%40bos.example?")


def test_each_recovery_code_works_once_however_it_is_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    assert all(re.fullmatch(r"([A-Z2-9]{4}-){5}[A-Z2-9]{4}", one) for one in codes)
    hashes = recovery_hashes(codes)
    left = without_code(hashes, f" {codes[3].lower().replace('-', ' ')} ")
    assert left is not None
    assert len(left) == RECOVERY_CODES - 1
    assert without_code(left, codes[3]) is None
    assert without_code(left, "-".join(["AAAA"] * 6)) is None
    assert not set(codes) & set(hashes)

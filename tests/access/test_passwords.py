"""Length over rules: what is refused is short, endless or guessable."""

import pytest

from clinic.access import passwords

WEAK = [
    "short",
    "elevenchars",
    "a" * 129,
    "aaaaaaaaaaaaaaaa",
    "abababababab",
    "123456789012",
    "password2026!",
    "!!Welcome1234",
    "qwertyuiop12",
    "Physiotherapist1",
    "robin.lee@clinic.invalid",
]


@pytest.mark.parametrize("typed", WEAK)
def test_a_guessable_password_is_refused(typed):
    with pytest.raises(passwords.WeakPassword):
        passwords.check(typed, about=("robin.lee@clinic.invalid", "Robin Lee"))


@pytest.mark.parametrize(
    "typed", ["lantern orchard kettle", "ÅÄÖ åäö ßßß!", "x7$Kq9!mB2@w", "clinic lantern spade"]
)
def test_any_other_long_one_is_taken_spaces_and_all(typed):
    passwords.check(typed)


def test_a_hash_is_argon2_and_never_the_same_twice():
    one, two = passwords.hashed("lantern orchard kettle"), passwords.hashed("lantern orchard kettle")
    assert one.startswith("$argon2id$")
    assert one != two


def test_only_the_right_one_matches():
    known = passwords.hashed("lantern orchard kettle")
    assert passwords.matches(known, "lantern orchard kettle")
    assert not passwords.matches(known, "lantern orchard kettl")
    assert not passwords.matches(None, "lantern orchard kettle")

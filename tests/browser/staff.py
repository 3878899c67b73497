"""The people of a running shop: hired by its owner, signing in at the console's own page."""

from dataclasses import dataclass
from typing import Final

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Visitor
from tests.e2e.shop import Shop, until

PASSWORD: Final = "correct-horse-battery"
SIGN_INS_MAX: Final = 5
"""A code may have ended while it was typed."""
STAFF_MAX: Final = 100
"""More than these tests hire, and one page of the list."""
AGAIN_MS: Final = 300

_known: dict[str, "Staff"] = {}


@dataclass
class Staff:
    """A running shop, and the people in it."""

    shop: Shop
    hired: int = 0

    def hire(self, role: str) -> tuple[str, str]:
        """Somebody new in this role; their name, and the secret of their second factor."""
        self.hired += 1
        user = f"{role}-{self.hired}"
        body = {"user": user, "role": role, "password": PASSWORD}
        made = self.shop.operator("POST", "/v1/admin/operators", body).json()
        until(lambda: user in self.known())  # too many attempts before that are refused
        return user, made["totp_secret"]

    def known(self) -> set[str]:
        """Who can sign in by now."""
        listed = self.shop.operator("GET", f"/v1/admin/operators?limit={STAFF_MAX}").json()
        return {each["user"] for each in listed["items"]}

    def sign_in(self, visitor: Visitor, role: str, path: str = "/console") -> Page:
        """At this address: a code counts once, so that each visit is somebody else's."""
        (user, secret), page = self.hire(role), visitor.page
        visitor.open(path)
        page.get_by_label("用户名").fill(user)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_label("动态码").fill(pyotp.TOTP(secret).now())
        here, wrong = page.locator("[data-operator]"), page.get_by_text("动态码不正确")
        for _ in range(SIGN_INS_MAX):
            page.get_by_role("button", name="登录").click()
            expect(here.or_(wrong)).to_be_visible(timeout=PATIENCE_MS)
            if here.is_visible():
                break
            page.wait_for_timeout(AGAIN_MS)
        expect(here).to_contain_text(user)
        return page


def staff_of(door: str, shop: Shop) -> Staff:
    """Of this system: one for all tests, so that each who is hired has a name of their own."""
    return _known.setdefault(door, Staff(shop))

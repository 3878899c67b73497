"""What a buyer must say for the sample top-ups: a carrier's number, a QQ number, a game's account.

Numbers by carrier: the public number plan of mainland China, without virtual operators' ranges.
"""

from typing import Final

from shared.contracts.catalog import Field, Form

CARRIERS: Final = {
    "cmcc": (
        "134", "135", "136", "137", "138", "139", "147", "148", "150", "151", "152", "157", "158",
        "159", "172", "178", "182", "183", "184", "187", "188", "195", "197", "198",
    ),
    "cucc": ("130", "131", "132", "145", "146", "155", "156", "166", "175", "176", "185", "186",
             "196"),
    "ctcc": ("133", "149", "153", "173", "177", "180", "181", "189", "190", "191", "193", "199"),
}  # fmt: skip
NUMBER_DIGITS: Final = 11


def phone(carrier: str = "") -> Form:
    """A mobile number: of this carrier, or of any."""
    prefixes = CARRIERS[carrier] if carrier else sum(CARRIERS.values(), ())
    return Form(
        fields=(
            Field(
                name="number", label="手机号 · Mobile number", letters="digits",
                length_min=NUMBER_DIGITS, length_max=NUMBER_DIGITS, prefixes=prefixes,
            ),
        )
    )  # fmt: skip


QQ: Final = Form(
    fields=(
        Field(name="qq", label="QQ号 · QQ number", letters="digits", length_min=5, length_max=11),
    )
)
GENSHIN_UID: Final = Form(
    fields=(
        Field(
            name="uid", label="UID", letters="digits", length_min=9, length_max=10,
            prefixes=("1", "2", "3", "5", "6", "7", "8", "9"),
        ),
        Field(
            name="server", label="服务器 · Server", letters="any", length_min=1, length_max=12,
            options=("天空岛", "世界树", "America", "Europe", "Asia", "TW,HK,MO"),
        ),
    )
)  # fmt: skip

"""Signs that Word takes from a font of symbols, in which "³" is drawn as "≥": which character a reader sees."""

# Words of Adobe's "Symbol" encoding and of Wingdings that stand in sentences; the rest is ornament.
_GREEK = dict(zip(b"abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True)) | dict(
    zip(b"ABGDEZHQIKLMNXOPRSTUFCYW", "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", strict=True)
)
_PLAIN = {code: chr(code) for code in b" !#%&()+,./0123456789:;<=>?[]{}|"}
_SYMBOL = (
    _GREEK
    | _PLAIN
    | dict(zip(bytes.fromhex("22 24 2d 40 5e 7e a2 a3 a4 a5 ab ac ad ae af"), "∀∃−≅⊥∼′≤⁄∞↔←↑→↓", strict=True))
    | dict(zip(bytes.fromhex("b0 b1 b2 b3 b4 b6 b7 b8 b9 ba bb bc c7 c8"), "°±″≥×∂•÷≠≡≈…∩∪", strict=True))
    | dict(zip(bytes.fromhex("ce cf d0 d1 d5 d6 d7 d8 d9 da db dc de e5 f2"), "∈∉∠∇∏√⋅¬∧∨⇔⇐⇒∑∫", strict=True))
)
_WINGDINGS = dict(zip(bytes.fromhex("6f a8 df e0 e1 e2 e8 f0 fb fc fd fe"), "□☐←→↑↓➔⇨✗✓☒☑", strict=True))
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS}


def symbol(font: str, code: str) -> str:
    """The character of a font at a hexadecimal code; "" where it is an ornament or none."""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    if signs := _FONTS.get(font.lower()):
        return signs.get(number & 0xFF, "")
    # Elsewhere the code is that of Unicode, but for the places that each font fills as it likes.
    character = chr(number) if number <= 0xFFFF else ""
    return character if character.isprintable() else ""

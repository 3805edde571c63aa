"""What a file is by its first bytes, whatever its name says.

Only signatures that are certain: what is not recognised is not called anything,
least of all a contradiction to its name.

Pure.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from tuimail.core.files.types import Group, endings, endings_of_type, group_of_ending
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

HEAD_BYTES: Final = 36 * 1024
"""So much of a file is enough; only a disk image says so late what it is."""
UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
"""What text of two octets a character begins with."""

_MARKUP_BYTES: Final = 2048
_PROSE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of content, and the names under which it is no surprise."""

    what: str
    """With its article: ``a PDF document``."""
    group: Group
    natural: frozenset[str]
    """Endings that it is to be expected under."""
    is_text: bool
    """Whether it is natural under every ending that stands for text."""


def _format(
    what: str, group: Group, natural: str = "", *, text: bool = False
) -> Format:
    return Format(what, group, frozenset(natural.split()), is_text=text)


PE: Final = _format(
    "a Windows program",
    Group.PROGRAM,
    "com cpl dll drv efi ex_ exe mui ocx pif scr sys vxd wll xll",
)
ZIP: Final = _format(
    "a ZIP archive",
    Group.ARCHIVE,
    "3mf air apk apkm appx appxbundle cbz crx doc docm docx dotm dotx ear epub idml "
    "ipa jar key kmz msix msixbundle mxl numbers nupkg odf odg odp ods odt otp ots ott "
    "pages potm potx ppam ppsm ppsx ppt pptm pptx pyz pyzw sketch sldm vsdx vsix war "
    "whl xap xlam xls xlsb xlsm xlsx xltm xltx xpi xps zip zipx",
)
OLE2: Final = _format(
    "an older Office document",
    Group.DOCUMENT,
    "doc docm docx dot dotm dotx mpp msg msi msp mst pot potm potx pps ppsm ppsx ppt "
    "pptm pptx pub vsd vss vst xla xlam xls xlsb xlsm xlsx xlt xltm xltx",
)
"""Current Office documents with a password are these as well."""
HTML: Final = _format("an HTML page", Group.WEB_PAGE, "doc hta xls", text=True)
SVG: Final = _format("an SVG drawing", Group.WEB_PAGE, text=True)
XML: Final = _format(
    "an XML document",
    Group.TEXT,
    "doc fodp fods fodt gpx kml library-ms plist ppt rels sct search-ms "
    "searchconnector-ms settingcontent-ms webloc wsc wsf xls xmp",
    text=True,
)
SHELL: Final = _format("a script", Group.SOURCE, "command pyz run tool", text=True)

_ISO: Final = _format("a disk image", Group.DISK_IMAGE, "img iso udf")
_TAR: Final = _format("a tar archive", Group.ARCHIVE, "gem ova tar")
_BMP: Final = _format("a BMP image", Group.IMAGE, "bmp dib")
_MP4: Final = _format(
    "an MP4 recording",
    Group.MEDIA,
    "3g2 3gp aac cr3 f4v m4a m4b m4v mov mp4 qt",
)
_HEIF: Final = _format("a HEIF image", Group.IMAGE, "avif heic heif hif")
_HEIF_BRANDS: Final = (b"avif", b"heic", b"heix", b"hevc", b"mif1", b"msf1")
_RIFF: Final[Mapping[bytes, Format]] = {
    b"WEBP": _format("a WebP image", Group.IMAGE, "webp"),
    b"WAVE": _format("a WAV recording", Group.MEDIA, "wav"),
    b"AVI ": _format("an AVI video", Group.MEDIA, "avi"),
}
_SIGNATURES: Final[Mapping[Format, tuple[bytes, ...]]] = {
    ZIP: (b"PK\x03\x04", b"PK\x05\x06"),
    OLE2: (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",),
    _format("a Linux program", Group.PROGRAM, "appimage elf ko run so"): (b"\x7fELF",),
    _format("a macOS program", Group.PROGRAM, "dylib"): (
        b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
    ),
    _format("a Java or macOS program", Group.PROGRAM, "class dylib"): (
        b"\xca\xfe\xba\xbe",
    ),
    _format("an Android program", Group.PROGRAM, "dex"): (b"dex\n0",),
    _format("a Windows shortcut", Group.SHORTCUT, "lnk"): (
        b"L\x00\x00\x00\x01\x14\x02\x00",
    ),
    _format("a shortcut", Group.SHORTCUT, "desktop url website"): (
        b"[InternetShortcut]", b"[Desktop Entry]",
    ),
    _format("a compiled help file", Group.SCRIPT, "chm"): (b"ITSF\x03\x00",),
    _format("a change to the Windows registry", Group.SCRIPT, "reg"): (
        b"Windows Registry Editor Version", b"REGEDIT4",
    ),
    _format("a Debian package", Group.INSTALLER, "deb"): (b"!<arch>\ndebian",),
    _format("an RPM package", Group.INSTALLER, "rpm"): (b"\xed\xab\xee\xdb",),
    _format("a Windows cabinet", Group.INSTALLER, "cab diagcab msu onepkg"): (
        b"MSCF\x00\x00\x00\x00",
    ),
    _format("a disk image", Group.DISK_IMAGE, "esd img qcow2 vhd vhdx vmdk wim"): (
        b"conectix", b"vhdxfile", b"KDMV\x01\x00", b"KDMV\x02\x00", b"KDMV\x03\x00",
        b"QFI\xfb", b"MSWIM\x00\x00\x00",
    ),
    _format("a PDF document", Group.DOCUMENT, "ai pdf"): (b"%PDF-",),
    _format("a PostScript document", Group.DOCUMENT, "ai eps prn ps"): (b"%!PS",),
    _format("an RTF document", Group.DOCUMENT, "doc rtf", text=True): (b"{\\rtf",),
    _format("a PNG image", Group.IMAGE, "apng png"): (b"\x89PNG\r\n\x1a\n",),
    _format("a JPEG image", Group.IMAGE, "jfif jpe jpeg jpg"): (b"\xff\xd8\xff",),
    _format("a GIF image", Group.IMAGE, "gif"): (b"GIF87a", b"GIF89a"),
    _format("a TIFF image", Group.IMAGE, "cr2 dng nef tif tiff"): (
        b"II*\x00", b"MM\x00*",
    ),
    _format("a Photoshop image", Group.IMAGE, "psd"): (b"8BPS\x00\x01",),
    _format("a gzip archive", Group.ARCHIVE, "gz svgz tgz"): (b"\x1f\x8b\x08",),
    _format("a bzip2 archive", Group.ARCHIVE, "bz2 tbz2"): tuple(
        b"BZh%d1AY&SY" % level for level in range(1, 10)
    ),
    _format("an xz archive", Group.ARCHIVE, "txz xz"): (b"\xfd7zXZ\x00",),
    _format("a 7-Zip archive", Group.ARCHIVE, "7z"): (b"7z\xbc\xaf\x27\x1c",),
    _format("a RAR archive", Group.ARCHIVE, "cbr rar"): (b"Rar!\x1a\x07",),
    _format("a Zstandard archive", Group.ARCHIVE, "zst"): (b"\x28\xb5\x2f\xfd",),
    _format("an Ogg recording", Group.MEDIA, "oga ogg ogv opus spx"): (b"OggS\x00",),
    _format("a FLAC recording", Group.MEDIA, "flac"): (b"fLaC\x00",),
    _format("an MP3 recording", Group.MEDIA, "aac aif aiff mp3"): (
        b"ID3\x02", b"ID3\x03", b"ID3\x04",
    ),
    _format("a Matroska video", Group.MEDIA, "mka mkv weba webm"): (
        b"\x1a\x45\xdf\xa3",
    ),
    _format("an SQLite database", Group.DATA, "db3 gpkg sqlite sqlite3"): (
        b"SQLite format 3\x00",
    ),
    _format("a calendar", Group.TEXT, text=True): (b"BEGIN:VCALENDAR",),
    _format("a visiting card", Group.TEXT, text=True): (b"BEGIN:VCARD",),
}  # fmt: skip
_BY_SIGNATURE: Final = tuple(
    (signature, found)
    for found, signatures in _SIGNATURES.items()
    for signature in signatures
)
_WITH_SIGNATURE: Final = frozenset().union(
    *(
        found.natural
        for found in (PE, _ISO, _TAR, _BMP, _MP4, _HEIF, *_RIFF.values(), *_SIGNATURES)
    )
)
"""Endings of which it is known how their content begins."""
_WRITTEN: Final = frozenset({Group.SOURCE, Group.TEXT, Group.WEB_PAGE})
"""Groups whose endings stand for text of any kind."""

_BINARY: Final = regex(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_UTF_8: Final = b"\xef\xbb\xbf"
_SHEBANG: Final = regex(rb"#![ \t]*/")
_PROLOGUE: Final = regex(
    rb"(?:\s++|<\?[^>]*+>|<!--(?:[^-]|-(?!->))*+-->|<!doctype\s+svg[^>\[]*+"
    rb"(?:\[[^\]]*+\]\s*+)?+>)*+",
    re.IGNORECASE,
)
_SVG: Final = regex(rb"<(?:svg:)?svg[\s/>]", re.IGNORECASE)
_HTML: Final = regex(
    rb"<(?:!doctype\s+html|(?:html|head|body|script|iframe|style|title|table|div|meta"
    rb"|link|form|font|center|h1|p|br|a|img|base|object|embed)(?=[\s/>]))",
    re.IGNORECASE,
)


def recognised(head: bytes, *, may_be_prose: bool = False) -> Format | None:
    """Return what begins with ``head``, or None where that is not certain.

    Args:
        head: ``HEAD_BYTES`` from the beginning, or all there is.
        may_be_prose: Whether the name leaves it open that this is text: a letter
            may begin with the two letters that a Windows program begins with.
    """
    if head.startswith(b"MZ"):
        is_prose = may_be_prose and not is_binary(head[:_PROSE_BYTES])
        return None if is_prose else PE
    plain = _without_mark(head)
    for signature, found in _BY_SIGNATURE:
        if plain.startswith(signature):
            return found
    return _by_structure(head) or _by_markup(plain[:_MARKUP_BYTES])


def is_binary(head: bytes) -> bool:
    """Return whether a file that begins with ``head`` is no text."""
    return _BINARY.search(head) is not None and not head.startswith(UTF_16_MARKS)


def contradicts_name(content: Format, name: str) -> bool:
    """Return whether the last ending of ``name`` stands for something else."""
    return _contradicts(content, endings(name)[-1:])


def contradicts_type(content: Format, media_type: str) -> bool:
    """Return whether ``media_type`` stands for something else."""
    return _contradicts(content, endings_of_type(media_type))


def _contradicts(content: Format, named: Iterable[str]) -> bool:
    at_odds = [_is_at_odds(content, ending) for ending in named]
    return bool(at_odds) and all(at_odds)


def _is_at_odds(content: Format, ending: str) -> bool:
    if ending in content.natural:
        return False
    if group_of_ending(ending) in _WRITTEN:
        return not content.is_text
    return ending in _WITH_SIGNATURE


def _without_mark(head: bytes) -> bytes:
    """Return ``head`` without what only says how its text is encoded."""
    if head.startswith(UTF_16_MARKS):
        return head[2:].replace(b"\x00", b"")
    return head.removeprefix(_UTF_8)


def _by_structure(head: bytes) -> Format | None:
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _HEIF if head[8:12] in _HEIF_BRANDS else _MP4
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return _BMP
    if head[257:262] == b"ustar":
        return _TAR
    return _ISO if head[0x8001:0x8006] == b"CD001" else None


def _by_markup(text: bytes) -> Format | None:
    if _SHEBANG.match(text):
        return SHELL
    rest = _PROLOGUE.sub(b"", text, count=1)
    if _SVG.match(rest):
        return SVG
    if _HTML.match(rest):
        return HTML
    if text.startswith(b"<?xml"):
        return XML
    return HTML if rest.startswith(b"<!--") else None

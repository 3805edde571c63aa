"""What the ending of a file name stands for: what kind of file, which media type.

One table, so that the same name means the same on every machine and under every
Python. What a file really contains is asked in ``contents``.

Pure.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from unicodedata import normalize

from tuimail.core.characters import INVISIBLE
from tuimail.core.patterns import regex
from tuimail.errors import FieldError

FALLBACK_TYPE: Final = "application/octet-stream"
"""What is said about a file when nothing is known, or nothing may be said."""


class Group(StrEnum):
    """What a file is to the one who opens it."""

    PROGRAM = "program"
    """Runs, or is loaded by what runs."""
    SCRIPT = "script"
    """Text that some system runs when it is opened."""
    INSTALLER = "installer"
    """Puts programs onto the system."""
    SHORTCUT = "shortcut"
    """Leads somewhere else, and may start what is there."""
    DISK_IMAGE = "disk image"
    """Shows as a disk, whose files come without the mark of the internet."""
    SOURCE = "source"
    """Text that an interpreter runs, when somebody asks it to."""
    MACRO_DOCUMENT = "macro document"
    """A document that may bring programs along."""
    ARCHIVE = "archive"
    """Holds other files."""
    WEB_PAGE = "web page"
    """Is shown by a browser, which runs what is in it."""
    DOCUMENT = "document"
    """Is read or written, nothing more."""
    IMAGE = "image"
    """Is looked at."""
    MEDIA = "media"
    """Is listened to or watched."""
    TEXT = "text"
    """Is text, for people or for programs."""
    DATA = "data"
    """Is read by programs."""


DANGEROUS: Final = frozenset({
    Group.PROGRAM, Group.SCRIPT, Group.INSTALLER, Group.SHORTCUT, Group.DISK_IMAGE,
})  # fmt: skip
"""What mail servers refuse, and what nobody should get unasked."""
RUNS: Final = DANGEROUS | {Group.SOURCE}
"""What runs at all, be it only when somebody asks for it."""
_POSED_AS: Final = frozenset({
    Group.ARCHIVE, Group.DATA, Group.DOCUMENT, Group.IMAGE, Group.MACRO_DOCUMENT,
    Group.MEDIA, Group.TEXT, Group.WEB_PAGE,
})  # fmt: skip
"""What a program pretends to be when it has two endings."""

_GROUPS: Final[Mapping[Group, str]] = {
    Group.PROGRAM: "app appref-ms com cpl dex dll dylib elf exe ex_ ko msc ocx pif scr "
    "so sys vxd xll wll",
    Group.SCRIPT: "ahk applescript bas bat cjs cmd chm class command csh hlp hta inf "
    "ins isp jar jnlp js jse mjs msh msh1 msh2 mshxml nsh pcd prg ps1 ps1xml ps2 "
    "psc1 psm1 pyc pyo pyw pyz pyzw reg scpt sct shb shs tool vb vbe vbs workflow "
    "ws wsc wsf wsh xbap",
    Group.INSTALLER: "air apk apkm appimage application appinstaller appx appxbundle "
    "cab crx deb diagcab diagcfg diagpkg flatpak flatpakref gadget ipa mpkg msi "
    "msix msixbundle msp mst msu pkg rpm run settingcontent-ms snap theme "
    "vsix vsw xap xpi",
    Group.SHORTCUT: "desktop grp library-ms lnk pnagent rdp scf search-ms "
    "searchconnector-ms terminal url webloc website xnk",
    Group.DISK_IMAGE: "dmg img iso nrg ova qcow2 sparseimage toast udf vdi vhd vhdx "
    "vmdk wim",
    Group.SOURCE: "awk bash fish ksh lua php pl py r rb sh tcl zsh",
    Group.MACRO_DOCUMENT: "accda accdb accde accdr ade adp docm dotm iqy mda mdb mde "
    "odc ppam ppsm potm pptm sldm slk xla xlam xlm xlsb xlsm xltm",
    Group.ARCHIVE: "7z ace arj br bz2 gz lha lz lz4 lzh lzma rar tar tbz2 tgz txz xz "
    "zip zipx zst",
    Group.WEB_PAGE: "htm html mht mhtml shtm shtml svg xht xhtm xhtml",
    Group.DOCUMENT: "ai doc docx dot dotx eml epub fodp fods fodt key msg numbers odg "
    "odp ods odt one otp ots ott pages pdf pot potx pps ppsx ppt pptx ps pub rtf vsd "
    "vsdx xls xlsx xlt xltx xps",
    Group.IMAGE: "apng avif bmp dng eps gif heic heif ico jfif jpe jpeg jpg jxl nef "
    "png psd raw svgz tif tiff webp",
    Group.MEDIA: "3gp aac aif aiff avi flac flv m4a m4v mid midi mkv mov mp3 mp4 mpeg "
    "mpg oga ogg ogv opus wav weba webm wma wmv",
    Group.TEXT: "asc bib c cc cfg conf cpp cs css csv diff dtd env go h hpp ics "
    "ifb ini java json jsonl kt ldif log markdown md ndjson nfo patch pem po "
    "properties rs rst scss sql srt swift tex text toml ts tsv tsx txt vcf vcard vcs "
    "vtt xml xsd xsl xslt yaml yml",
    Group.DATA: "cer crt db db3 dbf der gpg kdbx keystore p12 p7m p7s parquet pfx "
    "sqlite sqlite3 ttf woff woff2",
}
"""Endings that servers refuse are after the lists of Gmail and Outlook."""

_DOCX: Final = "application/vnd.openxmlformats-officedocument"
_MS: Final = "application/vnd.ms-"
_ODF: Final = "application/vnd.oasis.opendocument"
_MEDIA_TYPES: Final[Mapping[str, str]] = {
    "application/hta": "hta",
    "application/java-archive": "jar",
    "application/java-vm": "class",
    "application/json": "json",
    "application/msaccess": "accdb mdb",
    "application/msword": "doc dot",
    "application/pdf": "ai pdf",
    "application/pgp-encrypted": "gpg",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/pkix-cert": "cer crt der",
    "application/postscript": "eps ps",
    "application/rtf": "rtf",
    "application/sql": "sql",
    "application/toml": "toml",
    "application/vnd.android.package-archive": "apk",
    "application/vnd.debian.binary-package": "deb",
    "application/vnd.rar": "rar",
    "application/vnd.sqlite3": "db3 sqlite sqlite3",
    "application/vnd.visio": "vsd",
    "application/x-7z-compressed": "7z",
    "application/x-apple-diskimage": "dmg",
    "application/x-bzip2": "bz2 tbz2",
    "application/x-httpd-php": "php",
    "application/x-iso9660-image": "iso",
    "application/x-java-jnlp-file": "jnlp",
    "application/x-ms-shortcut": "lnk",
    "application/x-msdos-program": "bat cmd com pif",
    "application/x-msdownload": "dll exe scr",
    "application/x-msi": "msi",
    "application/x-pkcs12": "p12 pfx",
    "application/x-rpm": "rpm",
    "application/x-sh": "bash ksh sh zsh",
    "application/x-csh": "csh",
    "application/x-tar": "tar",
    "application/x-tex": "tex",
    "application/x-xz": "txz xz",
    "application/xhtml+xml": "xht xhtm xhtml",
    "application/xml": "xml xsd xsl xslt",
    "application/yaml": "yaml yml",
    "application/zip": "zip",
    "application/zstd": "zst",
    "application/epub+zip": "epub",
    f"{_DOCX}.presentationml.presentation": "pptx",
    f"{_DOCX}.presentationml.slideshow": "ppsx",
    f"{_DOCX}.presentationml.template": "potx",
    f"{_DOCX}.spreadsheetml.sheet": "xlsx",
    f"{_DOCX}.spreadsheetml.template": "xltx",
    f"{_DOCX}.wordprocessingml.document": "docx",
    f"{_DOCX}.wordprocessingml.template": "dotx",
    f"{_MS}cab-compressed": "cab",
    f"{_MS}excel": "xla xls xlt",
    f"{_MS}excel.sheet.binary.macroenabled.12": "xlsb",
    f"{_MS}excel.sheet.macroenabled.12": "xlsm",
    f"{_MS}excel.template.macroenabled.12": "xltm",
    f"{_MS}excel.addin.macroenabled.12": "xlam",
    f"{_MS}htmlhelp": "chm",
    f"{_MS}outlook": "msg",
    f"{_MS}powerpoint": "pot pps ppt",
    f"{_MS}powerpoint.presentation.macroenabled.12": "pptm",
    f"{_MS}word.document.macroenabled.12": "docm",
    f"{_MS}word.template.macroenabled.12": "dotm",
    f"{_MS}xpsdocument": "xps",
    f"{_ODF}.graphics": "odg",
    f"{_ODF}.presentation": "odp",
    f"{_ODF}.spreadsheet": "ods",
    f"{_ODF}.text": "odt",
    f"{_ODF}.text-template": "ott",
    "audio/aac": "aac",
    "audio/aiff": "aif aiff",
    "audio/flac": "flac",
    "audio/midi": "mid midi",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "oga ogg opus",
    "audio/wav": "wav",
    "audio/webm": "weba",
    "font/ttf": "ttf",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "image/apng": "apng",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/jpeg": "jfif jpe jpeg jpg",
    "image/jxl": "jxl",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/tiff": "tif tiff",
    "image/vnd.adobe.photoshop": "psd",
    "image/vnd.microsoft.icon": "ico",
    "image/webp": "webp",
    "text/calendar": "ics ifb vcs",
    "text/css": "css",
    "text/csv": "csv",
    "text/html": "htm html shtm shtml",
    "text/javascript": "cjs js mjs",
    "text/markdown": "markdown md",
    "text/plain": "asc c cc cfg conf cpp cs diff env go h hpp ini java jsonl kt log "
    "lua ndjson nfo patch pem po properties rb rs rst srt swift text ts txt",
    "text/tab-separated-values": "tsv",
    "text/vcard": "vcard vcf",
    "text/vtt": "vtt",
    "text/x-perl": "pl",
    "text/x-python": "py",
    "video/3gpp": "3gp",
    "video/mp4": "m4v mp4",
    "video/mpeg": "mpeg mpg",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
}

_GROUP_OF_ENDING: Final = {
    ending: group for group, endings in _GROUPS.items() for ending in endings.split()
}
_TYPE_OF_ENDING: Final = {
    ending: media_type
    for media_type, endings in _MEDIA_TYPES.items()
    for ending in endings.split()
}
_WORD: Final = r"[a-z0-9!#$&^_.+-]{1,64}"
_DECLARED: Final = regex(
    rf"[ \t]*({_WORD}/{_WORD})[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?"
)
_NEVER_DECLARED: Final = ("multipart/", "message/")


def endings(name: str) -> tuple[str, ...]:
    """Return everything after dots in ``name``, as a system would look it up.

    Wide letters and look-alikes of the dot count as what they look like, and
    spaces before or after an ending do not hide it.
    """
    plain = INVISIBLE.sub("", normalize("NFKC", name)).casefold().rstrip(" .")
    return tuple(part.strip() for part in plain.split(".")[1:])


def group_of(name: str) -> Group | None:
    """Return what the last ending of ``name`` stands for, if it is known."""
    found = endings(name)
    return group_of_ending(found[-1]) if found else None


def disguise_of(name: str) -> tuple[Group, Group] | None:
    """Return what ``name`` poses as and what it is, if it is named to deceive.

    That is, if its last ending runs something and the one before belongs to what
    people open without a thought: ``invoice.pdf.exe``. The dots of ``v1.2.exe`` or
    ``site.min.js`` are none of that.
    """
    groups = [group_of_ending(ending) for ending in endings(name)[-2:]]
    match groups:
        case [Group() as posed, Group() as real]:
            return (posed, real) if posed in _POSED_AS and real in RUNS else None
        case _:
            return None


def group_of_ending(ending: str) -> Group | None:
    """Return what ``ending`` stands for, written without its dot."""
    return _GROUP_OF_ENDING.get(ending)


def group_of_type(media_type: str) -> Group | None:
    """Return what a file declared as ``media_type`` is, if all such are the same."""
    groups = {_GROUP_OF_ENDING[one] for one in endings_of_type(media_type)}
    return groups.pop() if len(groups) == 1 else None


def endings_of_type(media_type: str) -> tuple[str, ...]:
    """Return the endings that stand for ``media_type``."""
    return tuple(_MEDIA_TYPES.get(media_type, "").split())


def media_type_of(name: str) -> str:
    """Return the media type that the last ending of ``name`` stands for."""
    found = endings(name)
    return _TYPE_OF_ENDING.get(found[-1], FALLBACK_TYPE) if found else FALLBACK_TYPE


def declared_type(text: str) -> str:
    """Return the media type that an attachment declared as ``text`` gets.

    Parameters are dropped. A file called a multipart would be read as parts of
    the message around it (RFC 2046 §5.1), so it is called nothing in particular;
    so is a whole message, which may not be in base64 (§5.2.1).

    Raises:
        FieldError: It is no media type (RFC 2045 §5.1).
    """
    found = _DECLARED.fullmatch(text.lower())
    if found is None:
        raise FieldError(
            f"{text[:60]!r} is not a media type.",
            hint="Leave the type out, or write one such as application/pdf.",
            field="attach",
        )
    return FALLBACK_TYPE if found[1].startswith(_NEVER_DECLARED) else found[1]

from tuimail.core.html.facts import EACH_LIMIT, HtmlFacts, examine
from tuimail.core.html.text import html_to_text


def test_ordinary_html_has_nothing_but_what_is_read() -> None:
    html = "<p>Hello <b>Bob</b></p>"

    assert examine(html) == HtmlFacts(read=html_to_text(html))


def test_one_walk_tells_everything() -> None:
    found = examine(
        "<base href=/b><meta http-equiv=refresh content=r><p onclick=c>text</p>"
        "<a href='data:d'>l</a><form action=f><input></form>"
        "<img src='cid:i%40a'><img src=//p.example/1 width=1 height=1>"
    )

    assert found.read.text == "text\n\nl [1]\n\n[1] data:d"
    assert found.bases == ("/b",)
    assert found.refreshes == ("r",)
    assert found.active == ("onclick of <p>",)
    assert found.data_links == ("data:d",)
    assert found.forms == ("f",)
    assert found.content_ids == ("i@a",)
    assert found.pixels == found.read.fetched == ("//p.example/1",)


def test_the_same_is_told_once_and_not_without_end() -> None:
    same = examine("<p onclick=c>a<p onclick=d>b")
    many = examine("".join(f"<img src='cid:{n}'>" for n in range(EACH_LIMIT + 9)))

    assert same.active == ("onclick of <p>",)
    assert len(many.content_ids) == EACH_LIMIT


def test_long_values_are_looked_at_in_time() -> None:
    long = "a" * 900_000

    found = examine(f"<a href='data:{long}' style='{'cid:' * 90_000}'>x</a>")

    assert found.data_links[0].startswith("data:aaa")
    assert len(found.data_links[0]) <= 2000

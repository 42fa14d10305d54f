"""The words of a mail, written once in Markdown, as its text and as its HTML.

In comes what a template of templates/mail/ gives, out come as_text() and as_html():

    source                        text                      HTML

    See you *soon*,               See you soon,             <p style="…">See you <em>soon</em>,
    [our page](https://x.org)     our page:                 <br> <a href="https://x.org"
                                  https://x.org             style="…">our page</a></p>

The templates use emphasis, links, lists and strikethrough, and beside them

    **[words](address)**     alone in a paragraph: a button
    *words*                  alone in a paragraph: small print
    > words                  a box with a line at its left
    ```name                  the text as it stands here; in HTML what is drawn under that name
    ---                      what follows is the foot

A line break in the source is one in both. In the text, struck lines that follow each other become
one line with commas, and so do bold ones; a backslash before the break keeps them apart.
"""

import re
from dataclasses import asdict, is_dataclass
from urllib.parse import unquote

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML

PARAGRAPH = "margin:0 0 12px 0;"
SMALL = "margin:0 0 12px 0;font-size:14px;line-height:21px;color:#5b5876;"
LAST = "margin:0;"
LIST = "margin:0 0 12px 0;padding:0 0 0 24px;"
LINK = "color:#2b2a6b;"
STRUCK = "color:#5b5876;"
FONT = "font-family:Arial,Helvetica,sans-serif;font-size:16px;"
# Tables, since Outlook for Windows draws neither borders nor backgrounds of anything else.
BUTTON = (
    '<table role="presentation" cellpadding="0" cellspacing="0" border="0" '
    'style="margin:0 0 10px 0;"><tr>\n'
    # Word pads the cell, the others the link, so that the whole button can be pressed.
    '<td bgcolor="#2b2a6b" style="background-color:#2b2a6b;border-radius:4px;'
    f'mso-padding-alt:12px 22px;{FONT}line-height:22px;">'
    '<a href="{href}" style="display:inline-block;padding:12px 22px;color:#ffffff;'
    'text-decoration:none;font-weight:bold;">{words}</a>'
    "</td>\n"
    "</tr></table>\n"
)
BOX = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
    'style="margin:0 0 14px 0;border-left:4px solid #7a2e0e;"><tr>'
    f'<td style="padding:2px 0 2px 14px;{FONT}line-height:24px;color:#1f1d3a;">\n'
)
BOX_END = "</td></tr></table>\n"

# The first two and last two tokens of a paragraph that is a button, and those of small print.
LINK_ALONE = ["strong_open", "link_open", "link_close", "strong_close"]
SMALL_ALONE = ["em_open", "em_close"]

# Before each character that means something to Markdown. A colon or an exclamation mark alone
# means nothing.
SPECIAL = re.compile(r"""(?=["#$&'()*+\-./<=>@\[\\\]^_`{|}~])""")


def escaped(value):
    """`value` with a backslash before each character that means something to Markdown.

    "2 * 3" becomes "2 \\* 3". In lists, dicts and dataclasses, each string is escaped.
    """
    if is_dataclass(value):
        return escaped(asdict(value))
    if isinstance(value, dict):
        return {name: escaped(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [escaped(each) for each in value]
    if isinstance(value, str):
        return SPECIAL.sub(r"\\", on_one_line(value))
    return value


def on_one_line(typed):
    """What people `typed` on one line: a second one could begin a list, or a box."""
    return " ".join(typed.splitlines()).strip()


def as_text(source):
    """The Markdown `source` as plain text (str), an empty line between its paragraphs."""
    text, bullet, is_tight = "", "", False
    for token in MARKDOWN.parse(source):
        if token.type.startswith(("bullet_list_", "ordered_list_")):
            is_tight = False  # a list stands apart from what is around it
        elif token.type == "list_item_open":
            bullet = f"{token.info}. " if token.info else "- "
        elif token.type == "fence":
            text += f"\n\n{as_text(token.content).strip()}"
        elif token.type == "inline":
            text += ("\n" if is_tight else "\n\n") + bullet + paragraph_text(token.children)
            bullet = ""
        elif token.type == "paragraph_close":
            is_tight = token.hidden
    return text.strip() + "\n"


def as_html(source, drawn):
    """The Markdown `source` as HTML: a pair (body, foot) of str, parted by the line ---.

    `drawn` holds the HTML of each fenced block, by its name.
    """
    tokens = MARKDOWN.parse(source)
    types = [token.type for token in tokens]
    cut = types.index("hr") if "hr" in types else len(tokens)
    render = MARKDOWN.renderer.render
    body = render(tokens[:cut], MARKDOWN.options, {"drawn": drawn, "paragraph": PARAGRAPH})
    foot = render(tokens[cut + 1 :], MARKDOWN.options, {"drawn": drawn, "paragraph": LAST})
    return body, foot


def paragraph_text(tokens):
    """The plain text of one paragraph, from its inline tokens."""
    tokens = without_empty_texts(tokens)
    text, start, href = "", 0, ""
    for index, token in enumerate(tokens):
        if token.type == "softbreak" and is_between_alike(tokens, index):
            text += ", "
        elif token.type in ("softbreak", "hardbreak"):
            text += "\n"
        elif token.type == "link_open":
            start, href = len(text), token.attrs["href"]
        elif token.type == "link_close":
            is_last = ends_a_line(tokens[index + 1 :])
            text = text[:start] + link_text(text[start:], href, is_last=is_last)
        else:
            text += token.content
    return text


def ends_a_line(following):
    """Whether a line break or the end comes next in the tokens `following`."""
    types = [token.type for token in following if token.type not in ("strong_close", "em_close")]
    return not types or types[0] in ("softbreak", "hardbreak")


def link_text(words, href, *, is_last):
    """A link as plain text: its words, and its address where that differs.

    The address stands on the next line where the link ends its line, else in brackets.
    """
    address = href
    if href.startswith("mailto:"):
        address = unquote(href.removeprefix("mailto:"))
    if words == address:
        return address
    if not is_last:
        return f"{words} ({address})"
    label = _("%(words)s:") % {"words": words}
    return f"{label}\n{address}"


def is_between_alike(tokens, index):
    """Whether the line break at `index` stands between two struck pieces, or two bold ones."""
    around = [token.type for token in tokens[index - 1 : index + 2 : 2]]
    return around in (["s_close", "s_open"], ["strong_close", "strong_open"])


def without_empty_texts(tokens):
    """`tokens` without the empty texts that markdown-it leaves beside marks."""
    return [token for token in tokens if token.type != "text" or token.content]


class MailHTML(RendererHTML):
    """markdown-it's renderer, with the style of each tag inline.

    Each method gives the HTML of the token tokens[idx]. A paragraph is three tokens:
    paragraph_open, inline (its `children` are the words) and paragraph_close.
    """

    def paragraph_open(self, tokens, idx, options, env):
        inline = tokens[idx + 1]
        inline.children = without_empty_texts(inline.children)
        types = [token.type for token in inline.children]
        if types[:2] + types[-2:] == LINK_ALONE and types.count("link_open") == 1:
            return self.button(tokens, idx, options, env)
        style = env["paragraph"]
        if types[:1] + types[-1:] == SMALL_ALONE and types.count("em_open") == 1:
            style, inline.children = SMALL, inline.children[1:-1]
        elif [token.type for token in tokens[idx + 3 : idx + 4]] == ["blockquote_close"]:
            style = LAST
        # The paragraph of a tight list item has no tag of its own.
        return "" if tokens[idx].hidden else f'<p style="{style}">'

    def button(self, tokens, idx, options, env):
        """A table in place of the paragraph, whose other tokens then give nothing."""
        link, *words = tokens[idx + 1].children[1:-2]
        tokens[idx + 1].children, tokens[idx + 2].hidden = [], True
        label = self.renderInline(words, options, env)
        return BUTTON.format(href=escapeHtml(link.attrs["href"]), words=label)

    def fence(self, tokens, idx, options, env):
        return env["drawn"].get(tokens[idx].info.strip(), "")

    def blockquote_open(self, tokens, idx, options, env):
        return BOX

    def blockquote_close(self, tokens, idx, options, env):
        return BOX_END


def styled(style):
    """A method of MailHTML that gives the tag with `style`."""

    def rule(self, tokens, idx, options, env):
        tokens[idx].attrSet("style", style)
        return self.renderToken(tokens, idx, options, env)

    return rule


MailHTML.link_open = styled(LINK)
MailHTML.s_open = styled(STRUCK)
MailHTML.bullet_list_open = MailHTML.ordered_list_open = styled(LIST)

# HTML in the source is text here, and markdown-it refuses links to javascript: and data:.
MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}, renderer_cls=MailHTML).enable(
    ["emphasis", "strikethrough", "link", "list", "blockquote", "fence", "hr", "escape", "newline"]
)

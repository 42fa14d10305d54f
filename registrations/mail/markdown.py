"""The words of a mail, written once in Markdown, as its text and as its HTML.

What the templates use, beside emphasis, links, lists and strikethrough:

    **[words](address)**     alone in a paragraph: the button
    *words*                  alone in a paragraph: small print
    > words                  a box with a line at its left
    ```name                  the text as it stands here; in HTML what is drawn under that name
    ---                      what follows is the foot

A line break is one in both. In the text, struck lines that follow each other are one line with
commas, and so are bold ones; a backslash before the break keeps them apart.
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
    '<td bgcolor="#2b2a6b" '
    f'style="background-color:#2b2a6b;padding:12px 22px;{FONT}line-height:22px;">'
    '<a href="{href}" style="color:#ffffff;text-decoration:none;font-weight:bold;">{words}</a>'
    "</td>\n"
    "</tr></table>\n"
)
BOX = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
    'style="margin:0 0 14px 0;border-left:4px solid #7a2e0e;"><tr>'
    f'<td style="padding:2px 0 2px 14px;{FONT}line-height:24px;color:#1f1d3a;">\n'
)
BOX_END = "</td></tr></table>\n"

LINK_ALONE = ["strong_open", "link_open", "link_close", "strong_close"]
SMALL_ALONE = ["em_open", "em_close"]

# All that means something to Markdown: a colon or an exclamation mark alone does not.
SPECIAL = re.compile(r"""(?=["#$&'()*+\-./<=>@\[\\\]^_`{|}~])""")


def escaped(value):
    """`value` with a backslash before each character that Markdown would read as more than that.

    In lists, dicts and dataclasses, each string.
    """
    if is_dataclass(value):
        return escaped(asdict(value))
    if isinstance(value, dict):
        return {name: escaped(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [escaped(each) for each in value]
    if isinstance(value, str):
        # A name is one line: a second one could begin a list, or a box.
        return SPECIAL.sub(r"\\", " ".join(value.splitlines()).strip())
    return value


def as_text(source):
    """The Markdown `source` as plain text: an empty line between paragraphs."""
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


def paragraph_text(tokens):
    """The words of one paragraph."""
    tokens = without_emptiness(tokens)
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
    """Does nothing come before the next break in the tokens `following`, or before their end?"""
    kinds = [token.type for token in following if token.type not in ("strong_close", "em_close")]
    return not kinds or kinds[0] in ("softbreak", "hardbreak")


def link_text(words, href, *, is_last):
    """A link as words and address: below the words where it ends the line, else in brackets."""
    address = unquote(href.removeprefix("mailto:")) if href.startswith("mailto:") else href
    if words == address:
        return address
    label = _("%(words)s:") % {"words": words}
    return f"{label}\n{address}" if is_last else f"{words} ({address})"


def is_between_alike(tokens, index):
    """Does the break at `index` part two pieces that are both struck, or both bold?"""
    around = [token.type for token in tokens[index - 1 : index + 2 : 2]]
    return around in (["s_close", "s_open"], ["strong_close", "strong_open"])


def without_emptiness(tokens):
    """`tokens` without the empty texts that markdown-it leaves beside marks."""
    return [token for token in tokens if token.type != "text" or token.content]


def as_html(source, drawn):
    """The Markdown `source` as HTML: (body, foot). `drawn` is that of each fenced block, by name."""
    tokens = MARKDOWN.parse(source)
    cut = next((index for index, token in enumerate(tokens) if token.type == "hr"), len(tokens))
    render = MARKDOWN.renderer.render
    return (
        render(tokens[:cut], MARKDOWN.options, {"drawn": drawn, "paragraph": PARAGRAPH}),
        render(tokens[cut + 1 :], MARKDOWN.options, {"drawn": drawn, "paragraph": LAST}),
    )


class MailHTML(RendererHTML):
    """markdown-it's renderer, its tags styled inline."""

    def paragraph_open(self, tokens, idx, options, env):
        inline = tokens[idx + 1]
        inline.children = without_emptiness(inline.children)
        kinds = [token.type for token in inline.children]
        if kinds[:2] + kinds[-2:] == LINK_ALONE and kinds.count("link_open") == 1:
            return self.button(tokens, idx, options, env)
        style = env["paragraph"]
        if kinds[:1] + kinds[-1:] == SMALL_ALONE and kinds.count("em_open") == 1:
            style, inline.children = SMALL, inline.children[1:-1]
        elif [token.type for token in tokens[idx + 3 : idx + 4]] == ["blockquote_close"]:
            style = LAST
        return "" if tokens[idx].hidden else f'<p style="{style}">'

    def button(self, tokens, idx, options, env):
        """A table in place of the paragraph, of which nothing else is left."""
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
    """A rule of MailHTML: the tag, with `style`."""

    def rule(self, tokens, idx, options, env):
        tokens[idx].attrSet("style", style)
        return self.renderToken(tokens, idx, options, env)

    return rule


MailHTML.link_open = styled(LINK)
MailHTML.s_open = styled(STRUCK)
MailHTML.bullet_list_open = MailHTML.ordered_list_open = styled(LIST)

# HTML is text, and markdown-it refuses links to javascript: and data:.
MARKDOWN = MarkdownIt("zero", {"html": False, "breaks": True}, renderer_cls=MailHTML).enable(
    ["emphasis", "strikethrough", "link", "list", "blockquote", "fence", "hr", "escape", "newline"]
)

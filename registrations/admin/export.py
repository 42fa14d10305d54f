"""The list of registrations as a file: CSV or XLSX, with the list's own filters and search."""

import copy
from array import array

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, IS_FACETS_VAR, ORDER_VAR, PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from praxis import audit
from praxis.long_answers import going_on
from praxis.spreadsheets import MOST_ROWS, blocks_of, csv_pieces, xlsx_file
from registrations.domain import exporting

FORMAT = "format"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NAMES = {"csv": "CSV", "xlsx": "Excel"}
# What the address of a list says beside its filters and its search.
NOT_FILTERS = (PAGE_VAR, ORDER_VAR, ALL_VAR, IS_FACETS_VAR, ERROR_FLAG, FORMAT)
# The filters whose values the log may hold.
SAID = (
    *("workshop", "community__id__exact", "community__isnull", "state__exact", "language__exact"),
    *("link", "came", "newsletter", "mail"),
)
# Excel's French versions part columns so: a comma stands in their numbers.
DELIMITERS = {"fr": ";", "en": ","}


class ExportMixin:
    """A ModelAdmin whose list can be taken out as a file."""

    def get_urls(self):
        export = path(
            "export/",
            self.admin_site.admin_view(self.export),
            name="registrations_registration_export",
        )
        return [export, *super().get_urls()]

    def has_export_permission(self, request):
        may_export = request.user.has_perm("registrations.export_registration")
        return may_export and self.has_view_permission(request)

    def changelist_view(self, request, extra_context=None):
        links = self.export_links(request) if self.has_export_permission(request) else []
        return super().changelist_view(request, {"exports": links, **(extra_context or {})})

    def export_links(self, request):
        """(name, address) of each format, for the people that the list shows."""
        page, query = reverse("admin:registrations_registration_export"), filters(request)
        for kind, name in NAMES.items():
            query[FORMAT] = kind
            yield name, f"{page}?{query.urlencode()}"

    @method_decorator(require_safe)
    def export(self, request):
        """The file with all people whom the list shows, on however many pages."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        kind = request.GET.get(FORMAT)
        if kind not in TYPES:
            return self.refuse(request, _("Choose CSV or Excel: there is no other format."))
        try:
            keys = self.keys_to_export(request)
        except IncorrectLookupParameters:
            words = _("Nothing was exported: one of the filters does not exist.")
            return self.refuse(request, words, is_filter=False)
        if kind == "xlsx" and len(keys) > MOST_ROWS:
            words = _("That is more than a page of Excel holds: choose CSV, or a filter first.")
            return self.refuse(request, words)
        return self.answer(request, kind, keys)

    def refuse(self, request, words, *, is_filter=True):
        """Lead back to the list, its filters kept if `is_filter`, and say why in `words`."""
        self.message_user(request, words, messages.ERROR)
        page = reverse("admin:registrations_registration_changelist")
        query = filters(request).urlencode() if is_filter else ""
        return HttpResponseRedirect(f"{page}?{query}" if query else page)

    def keys_to_export(self, request):
        """The keys of the people whom the list shows, the first to come first, eight bytes each."""
        listed = copy.copy(request)
        listed.GET = filters(request)
        people = self.get_changelist_instance(listed).queryset.filter(erased_at=None)
        return array("q", people.order_by("pk").values_list("pk", flat=True))

    def answer(self, request, kind, keys):
        """The response that brings the file; to HEAD, its headers alone."""
        if request.method == "HEAD":
            response = HttpResponse()
        else:
            log_export(request, kind, len(keys))
            response = StreamingHttpResponse(self.pieces(kind, keys))
        response["Content-Type"] = TYPES[kind]
        name = f"{self.opts.verbose_name_plural}-{timezone.now():%Y-%m-%d}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def pieces(self, kind, keys):
        """The bytes of the file, piece by piece."""
        table = going_on(exporting.table(keys, language=get_language(), now=timezone.now()))
        if kind == "csv":
            return csv_pieces(table, delimiter=DELIMITERS[get_language()])
        file = xlsx_file(table, title=capfirst(str(self.opts.verbose_name_plural)))
        return going_on(blocks_of(file))


def log_export(request, kind, count):
    """Write to the log who takes out how many people, and by which filters.

    What was searched for may be a name.
    """
    said = [
        f"{name}={value[:20]!r}" if name in SAID else name
        for name, value in filters(request).items()
    ]
    audit.note(request, "export", format=kind, people=count, filters=",".join(said) or "none")


def filters(request):
    """What the address of `request` says of the list's filters and search, as a QueryDict."""
    query = request.GET.copy()
    for name in NOT_FILTERS:
        query.pop(name, None)
    return query

"""What stands between a request and the pages of a workshop."""

from django.http import HttpResponseRedirect
from django.urls import reverse

from events.models import PreviousAddress

NAMESPACES = {"events", "registrations"}


class LeadOnFromPreviousAddresses:
    """Leads from an address that a workshop had before to the same page at its present one.

    By 307 (RFC 9110 15.4.8): a form that is sent arrives whole. Browsers would keep a permanent
    redirect, and run in circles once an organiser takes the old address back.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code != 404 or match is None or match.namespace not in NAMESPACES:
            return response
        if "slug" not in match.kwargs:
            return response
        slug = PreviousAddress.objects.leads_to(match.kwargs["slug"])
        if slug is None:
            return response
        address = reverse(match.view_name, kwargs=match.kwargs | {"slug": slug})
        query = request.META.get("QUERY_STRING")
        address = f"{address}?{query}" if query else address
        return HttpResponseRedirect(address, preserve_request=True)

"""Answers the methods that no public page takes, before the CSRF check would answer 403."""

from django.http import HttpResponse

TAKEN = ("GET", "HEAD", "POST")


class AnswerOtherMethods:
    """Middleware that answers 405, and to OPTIONS 204; `Allow` says what the page takes.

    Each public view begins with @require_…, which knows (RFC 9110 15.5.6, 9.3.7). The desk's own
    views check the token themselves.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method in TAKEN or "admin" in request.resolver_match.app_names:
            return None
        refusal = view(request, *args, **kwargs)
        if request.method != "OPTIONS" or refusal.status_code != 405:
            return refusal
        return HttpResponse(status=204, headers={"Allow": f"{refusal['Allow']}, OPTIONS"})

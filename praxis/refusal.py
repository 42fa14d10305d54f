"""What no page of ours ever asks for is answered 400 before anything reads it."""

from django.core.exceptions import BadRequest


class RefuseOddRequests:
    """Middleware: a body in another charset than UTF-8, and a NUL in the query, which PostgreSQL cannot store or seek."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        charset = request.content_params.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            raise BadRequest("the body is not in UTF-8")
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("the query holds a NUL")
        return self.get_response(request)

"""What no page of ours ever asks for is answered 400 before anything reads it."""

from django.core.exceptions import BadRequest


class RefuseOddRequests:
    """Middleware: a body in another charset than UTF-8 or longer than any form of ours, and a NUL in the query or in a cookie,
    which PostgreSQL cannot store or seek.
    """

    LONGEST_BODY = 2**20  # bytes

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        charset = request.content_params.get("charset", "utf-8").lower()
        if charset not in ("utf-8", "utf8"):
            raise BadRequest("the body is not in UTF-8")
        if "%00" in request.META.get("QUERY_STRING", "") or any(
            "\0" in value for value in request.COOKIES.values()
        ):
            raise BadRequest("the query or a cookie holds a NUL")
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.LONGEST_BODY:
            raise BadRequest("the body is longer than any form of ours")
        return self.get_response(request)

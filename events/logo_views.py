"""The pictures of communities and partners, as files."""

from django.http import Http404, HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.http import conditional_page, require_safe

from events.models import Logo

YEAR = 365 * 24 * 3600  # seconds
# A logo is a picture: opened by itself it runs nothing, and fetches nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@require_safe
@conditional_page
def logo(request, digest, ending):
    """The bytes of a logo, for good: its address changes with what it shows."""
    found = Logo.objects.filter(digest=digest).first()
    if found is None or ending != found.ending:
        raise Http404
    headers = {
        "Cache-Control": f"public, max-age={YEAR}, immutable",
        "Content-Security-Policy": POLICY,
        "ETag": quote_etag(f"{digest}.{ending}"),
    }
    return HttpResponse(bytes(found.content), content_type=found.media_type, headers=headers)

"""What was typed at the desk and could not be saved, since nobody was signed in any more.

It waits in the session for whoever opened the page, comes back after the sign-in on the same page,
and is saved by nobody but them. A page of the desk proves by a signed field who opened it, so that
no other site can put words into a form.
"""

import time

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import csrf

FIELD = "_opened"
SALT = "praxis.unsaved"
KEPT = "unsaved"
KEPT_FOR = 3600  # seconds
MOST = 200_000  # characters
# In the address to which the sign-in leads, where a button was pressed of which nothing is kept.
PRESSED = "pressed"
NOTHING = _("Nothing was done: press the button again.")


def sign(request, **facts):
    """The value of FIELD on a page that `request` opens; opened() gives its `facts` back."""
    who = {"user": str(request.user.pk), "path": request.path}
    return signing.dumps(who | facts, salt=SALT, compress=True)


def opened(request):
    """The facts that the page sent by `request` was opened with; {} if it does not prove them."""
    try:
        facts = signing.loads(request.POST.get(FIELD, ""), salt=SALT)
    except signing.BadSignature:
        return {}
    return facts if facts["path"] == request.path else {}


def keep(request):
    """Keep in the session what `request` brings; whether the desk had opened its page."""
    facts = opened(request)
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    typed = data.urlencode()
    if not facts or len(typed) > MOST:
        return False
    request.session[KEPT] = {
        "user": facts["user"],
        "path": request.path,
        "typed": typed,
        "files": list(request.FILES),
        "until": time.time() + KEPT_FOR,
    }
    if not request.user.is_authenticated:
        # Without a sign-in it is forgotten with the whole session.
        request.session.set_expiry(KEPT_FOR)
    return True


def kept(request):
    """What the signed-in person had typed on the page that they open now, a QueryDict; or None.

    What another person left behind in this browser is forgotten.
    """
    unsaved = request.session.get(KEPT)
    if not unsaved:
        return None
    if unsaved["user"] != str(request.user.pk) or unsaved["until"] < time.time():
        forget(request)
        return None
    if unsaved["path"] != request.path:
        return None
    # The session lasts as long as any other again.
    request.session.set_expiry(None)
    return QueryDict(unsaved["typed"], mutable=True)


def waits(request):
    """Does something that was typed in this browser wait for a sign-in?"""
    unsaved = request.session.get(KEPT)
    return bool(unsaved) and unsaved["until"] >= time.time()


def lost_files(request):
    """The names of the fields of what kept() returned that had a file, which is not kept."""
    return request.session[KEPT]["files"]


def forget(request):
    request.session.pop(KEPT, None)


def to_sign_in(request):
    """Lead to the sign-in page, and from there back, where it is said that nothing was done."""
    page = request.get_full_path()
    page += f"{'&' if '?' in page else '?'}{PRESSED}"
    return redirect_to_login(page, reverse("admin:login"))


def back_again(request):
    """Lead to the page to which the sign-in has led, and say that nothing was done."""
    query = request.GET.copy()
    del query[PRESSED]
    messages.warning(request, NOTHING)
    return HttpResponseRedirect(f"{request.path}{'?' if query else ''}{query.urlencode()}")


def csrf_failure(request, reason=""):
    """The answer to a form without its cookie; a page of the desk keeps what was typed."""
    desk = reverse("admin:index")
    if not request.path.startswith(desk) or not keep(request):
        return csrf.csrf_failure(request, reason)
    page = request.get_full_path()
    if admin.site.has_permission(request):
        return HttpResponseRedirect(page)
    return redirect_to_login(page, reverse("admin:login"))

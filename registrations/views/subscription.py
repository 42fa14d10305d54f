"""A subscription behind its secret link: confirm it, keep it, end it."""

from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.readings import day_words
from praxis import languages
from registrations.domain import subscriptions
from registrations.models import Subscription
from registrations.views.private import private


@private
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request, token):
    """What the subscription is. Its button, a POST, confirms it or keeps it for another year.

    Mail scanners open links, so GET only asks.
    """
    found = find(token)
    was_confirmed = bool(found) and found.is_confirmed
    if request.method == "POST" and found:
        subscriptions.confirm(found, now=timezone.now())
        found = find(token)
    if found is None:
        return nothing_there(request)
    context = {
        "subscription": found,
        "others": [each for each in found.siblings.confirmed() if each.pk != found.pk],
        "kept_until": day_words(found.kept_until),
    }
    if request.method == "POST" and was_confirmed:
        context["said"] = _("Thank you: you stay subscribed for another year.")
    elif request.method == "POST":
        context["said"] = _("It’s settled: we’ll let you know.")
    return render(request, "registrations/subscription.html", context)


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """Ask on GET; end all subscriptions of the address on POST.

    RFC 8058: a mail program sends that POST without cookies, and the token alone gives leave. A
    second one finds nothing left, and is answered alike.
    """
    found = find(token)
    if request.method == "POST":
        subscriptions.unsubscribe(token)
        return render(request, "registrations/unsubscribed.html")
    if found is None:
        return nothing_there(request)
    return render(request, "registrations/unsubscribe.html", {"subscription": found})


def find(token):
    """The subscription with this `token`, or None; the page is written as where the person is."""
    found = Subscription.objects.filter(token=token).select_related("community").first()
    if found and found.zone:
        translation.activate(languages.written_in(found.zone, languages.active()))
    return found


def nothing_there(request):
    """The page that says that nothing is stored under the link any more, as 410."""
    heading = _("This link no longer works")
    return render(request, "registrations/unsubscribed.html", {"heading": heading}, status=410)

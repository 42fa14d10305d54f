"""« Prévenez-moi de la prochaine »: the form, and the page after it."""

from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events.models import Community, Workshop
from praxis import languages
from praxis.text import is_possible_key
from registrations.domain.subscriptions import ask
from registrations.forms.subscribe import SubscribeForm
from registrations.views.private import private
from registrations.views.try_later import may_start, render_too_many

TEMPLATE = "registrations/subscribe.html"
MOST = 50  # communities to choose from, in one list


@private
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request):
    """The same answer for every address: whether it is known, only its owner learns, by mail."""
    now = timezone.now()
    data = request.POST if request.method == "POST" else None
    form = SubscribeForm(data, communities=offered(request), now=now)
    if not form.is_valid():
        return render(request, TEMPLATE, {"form": form})
    wish = {"language": languages.active(), "now": now, **form.cleaned_data}
    # One transaction that writes, whether the address is known or not: a commit can be timed.
    with transaction.atomic():
        is_allowed = may_start(request, now=now)
        is_fresh = is_allowed and ask(**wish)
    if not is_allowed:
        return render_too_many(request, TEMPLATE, {"form": form})
    if not is_fresh:
        form.refuse_used_stamp()
        return render(request, TEMPLATE, {"form": form})
    return render(request, "registrations/subscribe_sent.html", {"email": wish["email"]})


def offered(request):
    """The communities that the form names: those of the page from which its link came.

    From elsewhere, those that hold the announced workshops.
    """
    key, slug = request.GET.get("community", ""), request.GET.get("workshop", "")
    if is_possible_key(key):
        return list(Community.objects.filter(pk=key))
    announced = Workshop.objects.announced()
    if workshop := announced.with_hosts().filter(slug=slug[:200]).first():
        return workshop.communities
    return list(Community.objects.filter(pk__in=announced.values("hosts"))[:MOST])

"""The policy that most answers share, beside the one that django-csp builds for each."""

import pytest
from csp.constants import HEADER, NONCE, SELF
from csp.decorators import csp_exempt, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from praxis.content_policy import ContentPolicyMiddleware


def plain(request):
    return HttpResponse("ok")


def with_nonce(request):
    return HttpResponse(request.csp_nonce)


def with_a_header_of_its_own(request):
    return HttpResponse("ok", headers={HEADER: "default-src 'self'"})


VIEWS = {
    "plain": plain,
    "updated": csp_update({"img-src": ["https:"]})(plain),
    "exempt": csp_exempt()(plain),
    "with a nonce": csp_update({"script-src": [SELF, NONCE]})(with_nonce),
    "with a header of its own": with_a_header_of_its_own,
}


def directives(middleware, request):
    """The directives of the answer: django-csp writes them in any order."""
    policy = middleware(request).headers.get(HEADER)
    return policy and sorted(policy.split("; "))


@pytest.mark.parametrize("name", VIEWS)
def test_each_answer_has_the_policy_that_django_csp_would_give_it(name, rf, monkeypatch):
    monkeypatch.setattr("os.urandom", bytes)
    ours, theirs = [kind(VIEWS[name]) for kind in (ContentPolicyMiddleware, CSPMiddleware)]

    found = [directives(ours, rf.get("/")) for _twice in range(2)]

    assert found == [directives(theirs, rf.get("/"))] * 2


def test_another_policy_of_one_answer_is_not_kept_for_the_next(rf):
    answers = iter([VIEWS["updated"], plain])
    middleware = ContentPolicyMiddleware(lambda request: next(answers)(request))

    updated, usual = [middleware(rf.get("/"))[HEADER] for _twice in range(2)]

    assert ("https:" in updated, "https:" in usual) == (True, False)


def test_a_nonce_that_the_page_holds_stands_in_its_policy(rf, settings):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": [SELF, NONCE]}}
    middleware = ContentPolicyMiddleware(with_nonce)

    answers = [middleware(rf.get("/")) for _twice in range(2)]

    policies = [f"'nonce-{answer.content.decode()}'" in answer[HEADER] for answer in answers]
    assert policies == [True, True]

"""What may happen to the account of an organiser: invited, given a role, put out of use."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from events.models import Membership
from registrations.domain import roles

# One signs in by the address: it is the account's username, too.
LONGEST_ADDRESS = get_user_model()._meta.get_field("username").max_length


def new_account(address, **names):
    """An account for `address`, not stored yet: it signs in by it, once a password is chosen."""
    address = address.strip().lower()
    account = get_user_model()(username=address, email=address, is_staff=True, **names)
    account.set_unusable_password()
    return account


def account_of(address):
    """The account that has this address, however it is spelt; None if there is none."""
    accounts = get_user_model().objects
    address = address.strip()
    return (
        accounts.filter(email__iexact=address).first()
        or accounts.filter(username__iexact=address).first()
    )


def give_role(user, role):
    """Give `user` this role, and no other of the ready ones."""
    if not Group.objects.filter(name=role.name).exists():
        roles.update_roles(apps)
    ready = Group.objects.filter(name__in=[each.name for each in roles.ROLES])
    user.groups.remove(*ready.exclude(name=role.name))
    user.groups.add(ready.get(name=role.name))


def belong_to(user, communities):
    """Make `user` a member of these communities alone."""
    kept = {community.pk for community in communities}
    user.memberships.exclude(community__in=kept).delete()
    known = set(user.memberships.values_list("community", flat=True))
    Membership.objects.bulk_create(
        Membership(user=user, community_id=key) for key in sorted(kept - known)
    )


def put_out_of_use(users):
    """Let none of these accounts sign in any more; how many could before.

    They are not deleted: the history says who did what.
    """
    return users.filter(is_active=True).update(is_active=False)

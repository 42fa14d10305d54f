"""Words of Django's own that our catalogue translates again."""

from django.utils.translation import gettext_noop

# Django's own strings that our catalogue translates again: Django's French ignores the gender of
# the noun (« Ajout de atelier »). They are named here so that makemessages finds them.
DJANGO_SAYS = (
    gettext_noop("Add %s"),
    gettext_noop("Change"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("Add %(name)s"),
    gettext_noop("Select %s"),
    gettext_noop("Added {name} “{object}”."),
    gettext_noop("Changed {fields}."),
    gettext_noop("Changed {fields} for {name} “{object}”."),
    gettext_noop("Deleted {name} “{object}”."),
    gettext_noop("Go"),
    gettext_noop("Run"),  # what Django 6 says for Go
    gettext_noop("0 of %(cnt)s selected"),
    gettext_noop("Delete selected %(verbose_name_plural)s"),
    gettext_noop("Cannot delete %(name)s"),
    gettext_noop(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? '
        "All of the following related items will be deleted:"
    ),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
    gettext_noop("%(app)s administration"),
    gettext_noop("Authentication and Authorization"),
    gettext_noop("None available"),
)

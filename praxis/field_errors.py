"""The errors of a field of the desk's forms."""

from django.forms.utils import ErrorList


class FieldErrors(ErrorList):
    """The errors of a field; no template is rendered to say that there are none.

    Admin asks twice for those of each field: that was a tenth of the time of a workshop's page.
    """

    def as_ul(self):
        return super().as_ul() if self else ""

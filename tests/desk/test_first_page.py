"""The desk's first page: is everything all right?"""

import pytest

pytestmark = pytest.mark.one_database

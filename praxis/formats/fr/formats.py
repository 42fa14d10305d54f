"""How the desk writes instants in French.

As events.readings.short_moment() does; the name of the clock stands with each (praxis.desk_zone).
"""

DATETIME_FORMAT = r"j F Y, G\ \h\ i (T)"
SHORT_DATETIME_FORMAT = r"d/m/Y G\ \h\ i (T)"

"""How the desk writes instants in French.

The name of the zone stands with each (praxis.desk_zone.DeskZone): these are on no host's clock.
"""

DATETIME_FORMAT = r"j F Y, G\ \h\ i (T)"
SHORT_DATETIME_FORMAT = r"d/m/Y G\ \h\ i (T)"

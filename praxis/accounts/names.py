"""How an organiser is called."""


def name_of(user):
    """« Zoé Roy », or else the name that `user` signs in with."""
    return user.get_full_name() or user.get_username()

"""Upright: from a GP's referral after a vertebral fracture to a seat in the right class.

Data moves left to right through the rooms::

    referral in -> referrals (triage) -> classes (slot, seat, register) -> exercises (home plan)
                -> notifications (texts out, replies in) -> back through wiring

Imports go one way, high to low::

    app : cli : schedule : wiring > desk > reports > exercises > classes > referrals
        > notifications > worklist > patients > access > protocol > audit > extensions, viewer, config

This module imports nothing, so that the rules load without Flask.
"""

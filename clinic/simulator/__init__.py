"""A stand-in for Twilio Messaging, with a page of handsets: for demos, tests and fault drills.

It is another company's computer: it shares no database, no module and no clock with Upright, answers
late, lists later still, and forgets nothing it once accepted. Production refuses to start it.

    server    the process: `start()` for a thread, `python -m clinic.simulator` for a process of its own
    api       Twilio's published requests        contract   Twilio's words: fields, codes, dates
    exchange  one create request, with whatever fault is scripted for it
    carrier   what happens afterwards: statuses, signed callbacks, replies, STOP
    journal   every accept, on disk before anybody hears of it: the truth a drill is judged by
    handset   the page                           admin      `/_sim/`: faults, log, stats, tempo
"""

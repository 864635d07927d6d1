"""The drill: real processes on a real database, a provider that remembers, faults and kills, then a judge.

world       one drill's database rows, provider, web process and dispatchers
dispatcher  a process that delivers and reconciles until it is killed
naive       the process everybody writes first: send, then record, try again when in doubt
judge       what must hold, from the provider's journal and the database
"""

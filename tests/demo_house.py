"""What the demo prints at its start: who can sign in, and with what."""

PASSWORD = "lantern orchard kettle"
GP, PHYSIO, COORDINATOR = "gp@demo.invalid", "physio@demo.invalid", "coordinator@demo.invalid"
INSTRUCTOR, ADMIN = "instructor@demo.invalid", "admin@demo.invalid"

"""From submissions to marks: intake, repair, the room, the judge, the gradebook, feedback."""

"""Running what statements call: routines whose bodies the folder has, and the triggers that writing fires."""

"""What the files of a sequence do on the databases of yesterday, which have run what a revision had."""

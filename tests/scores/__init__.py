"""How well stories are made: Jianbao and the ways others group, judged on the same labelled weeks in one run."""

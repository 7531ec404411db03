"""Hostile inputs by kinds, signals and full disks: what the command must do, whatever it is given.

python -m fuzz --seconds 60 --seed 7        in tests/, or ``make fuzz``

odd         values that stand where another was expected
data        mutations of bytes                 archives    of the entries of a .zip
markup      of XML                             records     of JSON and TOML
formulas    formulas of a grammar              bombs       small files that want much
places      names, options, folders of pictures
kinds       all of them, each with the commands that are asked
signals     INT, TERM and KILL at random moments
disks       disks that are full
trial       one run of the command, and the rules for it
second      a second reader of workbooks
"""

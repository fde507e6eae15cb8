"""Running a migration twice on an abstract catalog, and saying what the second run comes to.

There are seven rooms, here in the order of the flow:

- `catalog`: what is there, by names and in PostgreSQL's namespaces: present, absent, or not known. All
  changes go through a log, so that any of them can be taken back.
- `guards`: what the condition of an IF asks of the catalog (`NOT EXISTS (SELECT 1 FROM pg_class …)`).
- `queries`: what queries and expressions read: names in levels, and the columns that they stand for.
- `effects`: what a statement does, as a list of the words below; `describe` tells them in a line each.
- `keys`: which key ON CONFLICT asks for, and whether a row has the key of one that is there.
- `machine`: carries effects out on a catalog. In the first run, which is taken to have succeeded, what is
  not known is learned; in the rerun, what is not as required raises.
- `judge`: which rerun: the whole file, a statement, a file after a stop; and the verdict of each statement.

A statement becomes a list of effects, which are data and know nothing of a catalog; `idemlint replay
--effects` prints them. The words of that list, with the SQLSTATEs that carrying them out may raise (what
is in brackets is no error of this run: `repeats`, `unknown`, or one of a first run over rows), and the
function of `machine` that does it:

| word | meaning | what it can raise | carried out where |
| --- | --- | --- | --- |
| Requires | it is there, or not | its own; 3F000, 42P01, 42704, 42710, 42725, 42809 | requirements.requires |
| UsesColumns | columns that a statement mentions | 42703, 42P01 | requirements.uses_columns |
| ReadsColumns | names of a query have to stand for columns | 42703, 42702, 42P01 | parse_analysis.reads |
| Calls | a routine of that name has to be there | 42883 | parse_analysis.calls |
| Validates | a body is looked at before it runs | 42703, 42704, 42P01 | parse_analysis.validates |
| Creates | made | 42P01, 42P07, 42703, 42704, 42804, 42809, 42830, 42P13, 42P16 | objects.create.creates |
| CreatesUnnamed | a name that PostgreSQL chooses is taken | [repeats] | objects.create.creates_unnamed |
| EndsAtCommit | a name is free again at COMMIT | nothing | sessions.ends_at_commit |
| EndsTemporary | all temporary names are free again | nothing | sessions.ends_temporary |
| Drops | a name is free again, with all that is in it | 2BP01, 42P16 | objects.drop.drops |
| Renames | a thing has another name, or another schema | 42P07, the kind's own | objects.rename.renames |
| Sets | a property gets a value, whatever it was | 42P16 | properties.sets |
| Converts | USING of ALTER … TYPE is analysed | what `queries.typed` says | objects.retype.converts |
| Retypes | a column gets a type, if nothing is made of it | 0A000, 42601, 42P16 | objects.retype.retypes |
| Entitles | roles may do something with an object, or own it | nothing | objects.roles.entitles |
| Disowns | what belongs to roles is gone, or another's | nothing | objects.roles.disowns |
| SetsPath | names are looked for elsewhere | nothing | sessions.sets_path |
| Inserts | rows are added | 21000, 23505, 23P01, what `keys.inference` says, [repeats] | inserts.insert |
| Updates | rows get other values | [repeats] | writes.updates |
| Deletes | rows are gone | 0A000, [repeats] | writes.deletes |
| Fills | a first run that rows would break | [its own] | properties.fills |
| Repeats | something is done once more each time | [repeats] | properties.repeats |
| Fails | it raises by itself the second time, or always | its own | properties.fails |
| Opaque | it cannot be told; what it names is not known | [unknown] | properties.opaque |
| Command | effects that a guard skips together | what they raise | properties.command |
| Transaction | BEGIN, COMMIT, SAVEPOINT, ROLLBACK | nothing | sessions.transaction |
| Body | a DO block: branches, handlers, loops | what its statements raise; 0Z002 | bodies.body |
"""

"""The index files of one machine: what `find` reads beside the database, a folder for each workspace and kind.

A folder is made whole and never changed; what was written since is held in memory. numpy, Tantivy and simsimd are imported
when something is first looked for, never by a list.
"""

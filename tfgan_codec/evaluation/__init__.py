"""Measures codecs on folders of pictures: real files, decoded again, one schema for all.

`runner.run` measures, `schema` holds what it finds, `classical` and `neural` are the codecs,
`curves`, `plots`, `report` and `choice` show the results. Needs no TensorFlow.
"""

"""One live session: a room pulls a device, calls `step`, records, and shows it to viewers.

The only owner of tasks and clocks. What may not live here: training logic (that is
`training`, reached through `step` alone), a driver, a database, HTTP, HTML, and sentences
(those come from `texts`).
"""

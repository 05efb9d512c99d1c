"""Project (项目): what is known of it, and everything that happens to it, in one stream.

Registered and changed here; its steps, registers, reserve library, pre-review, signings, energy saving and acceptance
are the folders inside, and share its history (`history`). One project may be of several programmes, carry several tags
and stand in several registers at once (X-9, X-22).
"""

"""Special funds (专项资金, TR-19 to TR-22): money set aside, on its terms, and the ledger of what becomes of it.

A fund is one history with its `subsidies` (贴息、补助: projects ask) and its `awards` (奖励, TR-26: appraisals grant).
"""

"""The board, figures, evidence and the live stream."""

from tests.component.gateway.authorisation.base import Sample, of_city, same, tr6a

TABLE = """
#                                         province ops city city' county county' enterprise enterprise'
GET  /progress/board                           200 200  200   200    200     200        200         200
GET  /progress/figures                         200 200  200   200    200     200        200         200
GET  /progress/figures/{target}                200 200  200   200    200     200        200         404
GET  /progress/figures/{target}/evidence       200 200  200   403    200     403        200         404
GET  /progress/targets                         200 200  200   200    200     200        200         200
GET  /progress/stream                          200 200  200   200    200     200        200         200
POST /progress/stream-tickets                  201 201  201   201    201     201        201         201
"""


SAMPLES: dict[str, Sample] = {
    "GET /progress/board": same(),
    "GET /progress/figures": same(query=of_city),
    "GET /progress/figures/{target}": same(tr6a),
    "GET /progress/figures/{target}/evidence": same(tr6a),
    "GET /progress/targets": same(),
    "GET /progress/stream": same(query=of_city),
    "POST /progress/stream-tickets": same(),
}

"""libpq through ctypes: one connection, results with every error field."""
import ctypes
import ctypes.util

FIELDS = {"severity": "S", "code": "C", "message": "M", "detail": "D", "hint": "H", "position": "P",
          "context": "W"}


def library():
    for name in (ctypes.util.find_library("pq"), "libpq.so.5"):
        if name:
            try:
                return ctypes.CDLL(name)
            except OSError:
                pass
    raise RuntimeError("no libpq found")


class Failure(Exception):
    """An error of the server: code, message, detail, hint, position and context."""

    def __init__(self, fields):
        super().__init__(fields.get("message"))
        self.__dict__.update({name: fields.get(name) for name in FIELDS})


class Connection:
    def __init__(self, url):
        self.pq = library()
        self.pq.PQconnectdb.restype = self.pq.PQexec.restype = ctypes.c_void_p
        for name in ("PQresultErrorField", "PQgetvalue", "PQfname", "PQerrorMessage"):
            getattr(self.pq, name).restype = ctypes.c_char_p
        self.notices = []
        self.conn = ctypes.c_void_p(self.pq.PQconnectdb(url.encode()))
        if self.pq.PQstatus(self.conn) != 0:
            raise RuntimeError(self.pq.PQerrorMessage(self.conn).decode())
        kind = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
        self.receiver = kind(lambda _, res: self.notices.append(self.fields(ctypes.c_void_p(res))))
        self.pq.PQsetNoticeReceiver(self.conn, self.receiver, None)

    def fields(self, res):
        texts = {name: self.pq.PQresultErrorField(res, ord(letter)) for name, letter in FIELDS.items()}
        return {name: text.decode() if text is not None else None for name, text in texts.items()}

    def run(self, sql):
        """Rows of the last statement as lists of text or None; raises Failure."""
        res = ctypes.c_void_p(self.pq.PQexec(self.conn, sql.encode()))
        try:
            if self.pq.PQresultStatus(res) not in (1, 2):
                raise Failure(self.fields(res))
            columns = range(self.pq.PQnfields(res))
            return [[self.value(res, row, column) for column in columns] for row in range(self.pq.PQntuples(res))]
        finally:
            self.pq.PQclear(res)

    def value(self, res, row, column):
        if self.pq.PQgetisnull(res, row, column):
            return None
        return self.pq.PQgetvalue(res, row, column).decode()

    def close(self):
        self.pq.PQfinish(self.conn)

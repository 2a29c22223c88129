"""Production server. Without REDIS_URL the worker lives inside the process: then one process, several threads."""

import gc
import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
_embedded = not os.environ.get("REDIS_URL")
workers = 1 if _embedded else int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8 if _embedded else 4
preload_app = not _embedded  # threads do not survive a fork: embedded mode starts them in the worker
worker_class = "gthread"
timeout = 60
control_socket_disable = True
accesslog = os.environ.get("ACCESS_LOG") or None


def pre_fork(server, worker):
    """Leave what is loaded once out of every later collection: a large page makes thousands of small objects."""
    gc.freeze()

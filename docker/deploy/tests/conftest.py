"""An Airflow of the tests' own, without database or server; and the cluster, where the lab has one."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="headgate-deploy-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["AIRFLOW_HOME"] = _home
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

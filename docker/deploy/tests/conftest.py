"""An Airflow of the tests' own, without database or server; and the cluster, where the lab has one."""

import os
import tempfile

os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="headgate-deploy-")
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"

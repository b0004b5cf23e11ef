"""The app as Chalice and API Gateway know it."""

from functions import api, queue, schedules, uploads
from functions.base import App

app = App("steward")
for module in (api, uploads, schedules, queue):
    app.register_blueprint(module.blueprint)

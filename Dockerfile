# One image for the web, the worker, the clock and the migrations. Settings come from the environment (docs/env.example).
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 STATIC_MANIFEST=1 HOST=0.0.0.0 PORT=8000 PORTAL_VAR=/var/lib/portail
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/portail --create-home portail

WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY . .

# The design system's sources are not served: without them the manifest is made in seconds. No secret is in the image:
# the key of this step is thrown away with its folder.
RUN PORTAL_VAR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
        -i component -i core -i layout -i legacy -i scheme -i analytics -i '*.map' \
    && rm -rf /tmp/build \
    && python -m compileall -q ami_portal applications datasets evaluation funding

USER portail
EXPOSE 8000
CMD ["gunicorn", "ami_portal.wsgi"]

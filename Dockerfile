# One image a service, all from this file (docs/containers.md):
#   docker build --build-arg SERVICE=routing-service .
#   docker build --target web .
#   docker build --target inbox .

ARG NODE_IMAGE=node:20-bookworm-slim

# Nothing but the manifests: as long as none of them and not the lockfile changes, nothing is installed again.
FROM ${NODE_IMAGE} AS workspaces
WORKDIR /app
COPY apps apps
COPY examples examples
COPY observability observability
COPY packages packages
COPY services services
RUN find . -type f ! -name package.json -delete && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
# The lockfile's own version: that of the image (10) would install optional peers, such as the embedded PostgreSQL, in every service.
RUN npm install --global --ignore-scripts --no-audit npm@11.19.1
COPY package.json package-lock.json .npmrc ./
COPY --from=workspaces /app ./

# The same for every image: all packages, services and the inbox's page.
FROM manifests AS build
# No dependency needs its install script: allowScripts in package.json.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit
COPY tsconfig.base.json tsconfig.build.json observability.config.ts ./
COPY scripts scripts
COPY observability observability
COPY packages packages
COPY services services
COPY apps apps
RUN node scripts/build.mjs server

# The page, with what is compiled into it; all of it is public. The token uploads its source maps to Sentry and is in no layer.
FROM build AS page
ARG GIT_COMMIT
ARG SENTRY_RELEASE
ARG SENTRY_ENVIRONMENT
ARG VITE_MIXPANEL_TOKEN
ARG VITE_SENTRY_DSN
ARG VITE_SENTRY_ENVIRONMENT
ARG VITE_SENTRY_RELEASE
ARG VITE_SENTRY_TRACES_SAMPLE_RATE
ARG VITE_SENTRY_REPLAY_SAMPLE_RATE
ARG VITE_SENTRY_REPLAY_ON_ERROR_SAMPLE_RATE
ARG VITE_CONSENT_MODE
ARG SENTRY_ORG
ARG SENTRY_PROJECT
ARG SENTRY_URL
RUN --mount=type=secret,id=sentry_auth_token \
    SENTRY_AUTH_TOKEN="$(cat /run/secrets/sentry_auth_token 2>/dev/null || true)" \
    SENTRY_RELEASE="${SENTRY_RELEASE:-${GIT_COMMIT}}" \
    node scripts/build.mjs page

# What every image starts from.
FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    OBSERVABILITY_SPOOL_DIR=/var/spool/qr-observability
WORKDIR /app
# Made before it is a volume, so that a new volume belongs to the user who writes to it.
RUN mkdir -p /var/spool/qr-observability && chown node:node /var/spool/qr-observability
COPY scripts/container/health-check.mjs ./
VOLUME /var/spool/qr-observability
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/app/health-check.mjs"]
# Node.js is process 1 and gets the signals itself. It starts no other process, so there is nothing to reap; but until it listens process 1 ignores
# them, where an init (docker run --init) does not.
ENTRYPOINT ["node"]

FROM manifests AS inbox-dependencies
COPY scripts/container scripts/container
RUN --mount=type=cache,target=/root/.npm node scripts/container/install.mjs packages/inbox observability /out

FROM build AS inbox-built
RUN node scripts/container/copy-built.mjs packages/inbox observability /out

# The local stand-in for Mixpanel and Sentry, with the platform's config. It refuses to run in production, where whoever reaches it would read everything.
FROM runtime AS inbox
ENV NODE_ENV=development \
    INBOX_HOST=0.0.0.0 \
    INBOX_PORT=3000
COPY --from=inbox-dependencies /out ./
COPY --from=inbox-built /out ./
WORKDIR /app/packages/inbox
CMD ["dist/main.js", "--config", "/app/observability/dist/observability.config.js"]

FROM manifests AS web-dependencies
COPY scripts/container scripts/container
RUN --mount=type=cache,target=/root/.npm node scripts/container/install.mjs apps/web /out

FROM page AS web-built
RUN node scripts/container/copy-built.mjs apps/web /out

# The page and the one public origin.
FROM runtime AS web
COPY --from=web-dependencies /out ./
COPY --from=web-built /out ./
WORKDIR /app/apps/web
# There is no git in an image to ask for the commit. Last, because it differs in each build.
ARG GIT_COMMIT
ARG SENTRY_RELEASE
ENV SENTRY_RELEASE="${SENTRY_RELEASE:-${GIT_COMMIT}}"
CMD ["--import", "./dist/server/instrument.js", "dist/server/main.js"]

FROM manifests AS service-dependencies
ARG SERVICE
COPY scripts/container scripts/container
RUN --mount=type=cache,target=/root/.npm node scripts/container/install.mjs "services/${SERVICE}" /out

FROM build AS service-built
ARG SERVICE
RUN node scripts/container/copy-built.mjs "services/${SERVICE}" /out

# A service; with the command dist/shipper.js that of analytics-service is a shipper.
FROM runtime AS service
ARG SERVICE
COPY --from=service-dependencies /out ./
COPY --from=service-built /out ./
WORKDIR /app/services/${SERVICE}
ARG GIT_COMMIT
ARG SENTRY_RELEASE
ENV SENTRY_RELEASE="${SENTRY_RELEASE:-${GIT_COMMIT}}"
CMD ["--import", "./dist/instrument.js", "dist/main.js"]

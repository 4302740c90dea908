# One image for every role: ROLES says what a container of it does.
#
#   docker build -t ingressou .
#   docker run --rm ingressou node dist/scripts/doctor.js

FROM node:22.19.0-trixie-slim AS build
WORKDIR /app
# Manifests first: the packages are installed again only when these change.
COPY package.json package-lock.json .npmrc ./
COPY protocol/package.json protocol/
COPY client-sdk/package.json client-sdk/
COPY bench/package.json bench/
COPY web/buyer/package.json web/buyer/
COPY web/scanner/package.json web/scanner/
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/prepare.mjs && npm prune --omit=dev --ignore-scripts

# Not Alpine: uWebSockets.js needs glibc 2.38 or later.
FROM node:22.19.0-trixie-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIRECTORY=/var/lib/ingressou
RUN install --directory --owner=node --group=node /var/lib/ingressou
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/protocol/package.json protocol/
COPY --from=build /app/protocol/dist protocol/dist
COPY --from=build /app/client-sdk/package.json client-sdk/
COPY --from=build /app/client-sdk/dist client-sdk/dist
COPY --from=build /app/web/buyer/dist web/buyer/dist
COPY --from=build /app/web/scanner/dist web/scanner/dist
COPY --from=build /app/migrations migrations
COPY --from=build /app/dist dist
COPY --from=build /app/deploy/with-secrets.sh deploy/
USER node
EXPOSE 8080
# Shows are given to other nodes and sockets are sent away before it ends.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/deploy/with-secrets.sh"]
CMD ["node", "--max-semi-space-size=64", "--heap-growing-percent=100", "dist/server/main.js"]

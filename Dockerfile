# The bot as an image: `make image` builds it, bot/deploy/ holds what runs it.
# Everything is pinned with hashes (bot/deploy/torch.txt, bot/deploy/requirements.txt) for the base's Python 3.11.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS built
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
# pip stands in a folder of its own and installs into the program's.
ENV PATH=/opt/pip/bin:$PATH PIP_PYTHON=/opt/jianbao/bin/python PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/jianbao
# What changes least comes first: torch, then the other dependencies. The libraries' own tests and headers stay
# behind; torch does not start without its torch_shm_manager.
COPY bot/deploy/torch.txt bot/deploy/requirements.txt ./
RUN pip install --no-deps --require-hashes --index-url "${TORCH_INDEX}" -r torch.txt \
    && pip install --no-deps --require-hashes --only-binary :all: -r requirements.txt \
    && find /opt/jianbao/lib -type d \( -name tests -o -path '*/torch/test' -o -path '*/torch/include' \) -prune -exec rm -r {} + \
    && find /opt/jianbao/lib -path '*/torch/bin/*' ! -name torch_shm_manager -delete
# Our own code goes beside them, so that a new release of it is a small layer; `pip check` sees what the pins forgot.
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN pip install --no-deps --no-build-isolation --prefix /opt/own . \
    && PYTHONPATH="$(echo /opt/own/lib/python3*/site-packages)" pip check

FROM ${BASE}
LABEL org.opencontainers.image.title="Jianbao" \
      org.opencontainers.image.description="A China-tech digest for Discord" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin jianbao \
    && install --directory --owner=jianbao --group=jianbao --mode=0750 /data
COPY --from=built /opt/jianbao /opt/jianbao
COPY --from=built /opt/own /opt/jianbao
# Another catalogue: mount it here, or name it with JIANBAO_FEEDS.
COPY feeds.yaml /etc/jianbao/feeds.yaml
# Every setting comes from the environment (bot/deploy/jianbao.env.example lists them); these two fit the image.
ENV PATH=/opt/jianbao/bin:$PATH PYTHONUNBUFFERED=1 JIANBAO_HOME=/data JIANBAO_FEEDS=/etc/jianbao/feeds.yaml
VOLUME /data
WORKDIR /data
USER 10001:10001
# Says how long ago the bot last read and posted; the first reading of all feeds may take minutes.
HEALTHCHECK --interval=60s --timeout=30s --start-period=10m --retries=3 CMD ["jianbao", "check", "--alive"]
ENTRYPOINT ["jianbao"]
CMD ["run"]

# SPDX-License-Identifier: Apache-2.0
# Completion of gale's commands, options and files for bash.
_gale() {
    local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options= pattern='*.wasm'
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'run lower inspect wast --help --version' -- "$word")
        return
    fi
    case $command in
    run) options='--dir= --env= --invoke= --stats --trace= --budget= --build-only --optimize= --rebuild --help' ;;
    lower) options='--output= --budget= --page-size --target= --help' ;;
    inspect) options='--wit --validate --help' ;;
    wast) options='--assembler= --builder= --verbose --help' pattern='*.wast' ;;
    esac
    case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word") ;;
    *)
        mapfile -t COMPREPLY < <(compgen -f -X "!$pattern" -- "$word"; compgen -d -S / -- "$word")
        compopt -o filenames
        ;;
    esac
    [[ ${COMPREPLY[*]-} != *= ]] || compopt -o nospace
}
complete -F _gale gale

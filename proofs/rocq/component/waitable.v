(* SPDX-License-Identifier: Apache-2.0 *)
(* Waitables and waitable sets of the Component Model: one pending event a waitable, told with what is true when it is
   taken. A later progress before that replaces it, so an event stands for all progress up to the moment it is told.

   Model          reference (canonical-abi/definitions.py)                       C (src/component)
   OPost w        Waitable.set_pending_event: w has made progress, its version   gale__waitable_post
                  rises
   OTake s w      WaitableSet.get_pending_event, which may choose any ready      gale__set_take: gale__waitable_take
                  member w
   ODirect w      Waitable.get_pending_event outside of its set                  gale__waitable_take by a synchronous wait
                                                                                 or *.cancel-*
   OJoin w s      Waitable.join                                                  gale_canon_waitable_join: waitable_enter,
                                                                                 gale__waitable_leave
   OSync w, OUnsync w    Waitable.wait_for_pending_event, its begin and its end  gale__waitable_wait
   OWait s, OUnwait s    WaitableSet.wait_for_event_and, its begin and its end   gale__thread_start_wait, guest_thread_begin
   ODrop w        Waitable.drop, which the reference calls only when no event    gale__waitable_leave by subtask.drop,
                  is left                                                        stream.drop-* ...
   ODropSet s     WaitableSet.drop                                               gale_canon_waitable_set_drop
   The order in which Gale tells the events of a set is added in guest_set.v, which is what runs beside the C. *)

From Coq Require Import List Arith Lia Bool Sorted.
From Gale Require Import trace.
Import ListNotations.

Record waitable := Waitable { version : nat; told : nat; pending : bool; set : option nat; sync : bool; gone : bool }.
Record world := World { ws : nat -> waitable; members : nat -> list nat; waiting : nat -> nat; sets_gone : nat -> bool }.
Inductive op := OPost (w : nat) | OTake (s w : nat) | ODirect (w : nat) | OJoin (w : nat) (s : option nat)
              | OSync (w : nat) | OUnsync (w : nat) | OWait (s : nat) | OUnwait (s : nat) | ODrop (w : nat) | ODropSet (s : nat).
(* Told w n: the caller is told that w has come to version n, through a set or not. *)
Inductive answer := Quiet | Trap | Told (w n : nat) (through : option nat).

Definition upd {A : Type} (f : nat -> A) (k : nat) (v : A) : nat -> A := fun x => if x =? k then v else f x.
Definition put (x : world) (w : nat) (a : waitable) : world := World (upd (ws x) w a) (members x) (waiting x) (sets_gone x).
Definition is_in (s : nat) (a : waitable) : bool := match set a with Some k => k =? s | None => false end.
Definition tell (x : world) (w : nat) (a : waitable) (through : option nat) : world * answer :=
  (put x w (Waitable (version a) (version a) false (set a) (sync a) (gone a)), Told w (version a) through).
Definition leave (x : world) (w : nat) (a : waitable) : nat -> list nat :=
  match set a with Some s => upd (members x) s (remove Nat.eq_dec w (members x s)) | None => members x end.
Definition joined (m : nat -> list nat) (w : nat) (s : option nat) : nat -> list nat :=
  match s with Some k => upd m k (m k ++ [w]) | None => m end.
Definition empty (l : list nat) : bool := match l with [] => true | _ => false end.
Definition usable (x : world) (s : option nat) : bool := match s with Some k => negb (sets_gone x k) | None => true end.

Definition step (x : world) (o : op) : world * answer :=
  match o with
  | OPost w => let a := ws x w in
               if gone a then (x, Quiet)
               else (put x w (Waitable (S (version a)) (told a) true (set a) (sync a) false), Quiet)
  | OTake s w => let a := ws x w in if is_in s a && pending a then tell x w a (Some s) else (x, Quiet)
  | ODirect w => let a := ws x w in
                 if pending a then tell x w a None else (x, Quiet)
  | OJoin w s => let a := ws x w in
                 if gone a || sync a || negb (usable x s) then (x, Trap)
                 else (World (upd (ws x) w (Waitable (version a) (told a) (pending a) s (sync a) (gone a)))
                             (joined (leave x w a) w s) (waiting x) (sets_gone x), Quiet)
  | OSync w => let a := ws x w in
               if gone a || sync a || match set a with None => false | _ => true end then (x, Trap)
               else (put x w (Waitable (version a) (told a) (pending a) (set a) true false), Quiet)
  | OUnsync w => let a := ws x w in (put x w (Waitable (version a) (told a) (pending a) (set a) false (gone a)), Quiet)
  | OWait s => if sets_gone x s then (x, Trap)
               else (World (ws x) (members x) (upd (waiting x) s (S (waiting x s))) (sets_gone x), Quiet)
  | OUnwait s => (World (ws x) (members x) (upd (waiting x) s (waiting x s - 1)) (sets_gone x), Quiet)
  | ODrop w => let a := ws x w in
               if gone a || pending a || sync a then (x, Trap)
               else (World (upd (ws x) w (Waitable (version a) (told a) false None false true))
                           (leave x w a) (waiting x) (sets_gone x), Quiet)
  | ODropSet s => if sets_gone x s || negb (empty (members x s)) || (0 <? waiting x s) then (x, Trap)
                  else (World (ws x) (members x) (waiting x) (upd (sets_gone x) s true), Quiet)
  end.

Definition init : world := World (fun _ => Waitable 0 0 false None false false) (fun _ => []) (fun _ => 0) (fun _ => false).

(* What is told is behind what happened exactly as long as an event is pending; who waits alone is in no set. *)
Definition sound (a : waitable) : Prop :=
  (if pending a then told a < version a else told a = version a) /\ (sync a = true -> set a = None).
Definition ok (x : world) : Prop := forall w, sound (ws x w).

Lemma upd_same {A} (f : nat -> A) k v : upd f k v k = v.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.
Lemma upd_at {A} (f : nat -> A) k v j : upd f k v j = if j =? k then v else f j.
Proof. reflexivity. Qed.

Lemma step_ok x o : ok x -> ok (fst (step x o)).
Proof.
  intros H k. destruct o as [w | s w | w | w s | w | w | s | s | w | s]; simpl; unfold tell, put;
    try (pose proof (H w) as G; unfold sound in G);
    repeat match goal with |- context [if ?c then _ else _] => destruct c eqn:?; simpl end;
    try apply H; rewrite ?upd_at; destruct (Nat.eqb_spec k w); subst; try apply H; unfold sound; simpl;
    try (destruct (pending (ws x w)); simpl in *; intuition (try lia; try congruence); fail).
  - (* OJoin *) split; [apply G|]. intro S. rewrite S, orb_true_r in Heqb. discriminate.
  - (* OSync *) split; [apply G|]. intros _. revert Heqb. destruct (gone (ws x w)), (sync (ws x w)), (set (ws x w)); simpl; congruence.
Qed.

Lemma always_ok t : ok (final step init t).
Proof. apply (run_keeps step ok (fun _ => True)); auto using step_ok. intro w. split; simpl; auto. Qed.

(* A set knows its members, and one that is gone has none. *)
Definition placed (x : world) : Prop :=
  forall w s, set (ws x w) = Some s -> In w (members x s) /\ sets_gone x s = false.

Lemma leave_keeps x w v s : v <> w -> In v (members x s) -> In v (leave x w (ws x w) s).
Proof.
  intros N I. unfold leave. destruct (set (ws x w)) as [k |]; auto. rewrite upd_at. destruct (Nat.eqb_spec s k); subst; auto.
  apply in_in_remove; auto.
Qed.

Lemma step_placed x o : placed x -> placed (fst (step x o)).
Proof.
  intros H k c. destruct o as [w | s w | w | w s | w | w | s | s | w | s]; simpl; unfold tell, put;
    repeat match goal with |- context [if ?c then _ else _] => destruct c eqn:?; simpl end;
    try apply H; rewrite ?upd_at; try (destruct (Nat.eqb_spec k w); subst; simpl; try apply H; fail).
  - (* OJoin *) apply orb_false_elim in Heqb as [_ U]. apply negb_false_iff in U. destruct (Nat.eqb_spec k w); subst; simpl.
    + intros ->. simpl in *. unfold upd. rewrite Nat.eqb_refl. split; [apply in_or_app; right; now left | now apply negb_true_iff].
    + intro S. apply H in S as [S1 S2]. split; auto. pose proof (leave_keeps x w k c n S1) as L. unfold joined.
      destruct s as [j |]; auto. unfold upd. destruct (Nat.eqb_spec c j); subst; auto. apply in_or_app. now left.
  - (* ODrop *) destruct (Nat.eqb_spec k w); subst; simpl; [discriminate|]. intro S. apply H in S as [S1 S2]. split; auto.
    now apply leave_keeps.
  - (* ODropSet *) intro S. apply H in S as [S1 S2]. split; auto. unfold upd. destruct (Nat.eqb_spec c s); subst; auto.
    apply orb_false_elim in Heqb as [Q _]. apply orb_false_elim in Q as [_ Q]. apply negb_false_iff in Q.
    destruct (members x s); [contradiction | discriminate].
Qed.

Lemma always_placed t : placed (final step init t).
Proof. apply (run_keeps step placed (fun _ => True)); auto using step_placed. intros w s. discriminate. Qed.

(* Exactly once: what is told of a waitable over a run rises strictly, so nothing is told twice and nothing stale. *)
Definition tells (w : nat) (e : op * answer) : list nat :=
  match snd e with Told v n _ => if v =? w then [n] else [] | _ => [] end.

Lemma told_step x o w : ok x ->
  let y := fst (step x o) in
  match tells w (o, snd (step x o)) with
  | [] => told (ws y w) = told (ws x w)
  | n :: l => l = [] /\ told (ws x w) < n /\ told (ws y w) = n
  end.
Proof.
  intros H. pose proof (H w) as G. unfold sound in G.
  destruct o as [v | s v | v | v s | v | v | s | s | v | s]; simpl; unfold tell, put, tells;
    try (destruct (Nat.eqb_spec v w) as [-> | N]); rewrite ?Nat.eqb_refl;
    repeat match goal with |- context [if ?c then _ else _] => destruct c eqn:?; simpl end; auto; rewrite ?upd_at;
    repeat match goal with |- context [?a =? ?b] => destruct (Nat.eqb_spec a b); subst; simpl end; auto; try congruence.
  all: try (match goal with E : (_ =? _) = true |- _ => apply Nat.eqb_eq in E end; congruence).
  all: try apply andb_prop in Heqb as [P Q]; rewrite ?P, ?Q, ?Heqb in G; intuition.
Qed.

Theorem told_once t w : forall x, ok x ->
  StronglySorted lt (flat_map (tells w) (log step x t)) /\
  Forall (fun n => told (ws x w) < n) (flat_map (tells w) (log step x t)).
Proof.
  induction t as [| o t IH]; intros x K; [split; constructor|].
  rewrite log_cons. cbn [flat_map]. pose proof (told_step x o w K) as T. destruct (IH (fst (step x o)) (step_ok x o K)) as [I1 I2].
  cbn zeta in T. destruct (tells w (o, snd (step x o))) as [| n l]; simpl.
  - rewrite T in I2. auto.
  - destruct T as (-> & L & E). rewrite E in I2. simpl. split; constructor; auto.
    revert I2. apply Forall_impl. intros m M. lia.
Qed.

(* Nothing is lost: as long as the caller does not know of the last progress, an event is pending. *)
Theorem progress_is_pending_or_told t w : let x := final step init t in
  pending (ws x w) = false -> told (ws x w) = version (ws x w).
Proof. intros x P. destruct (always_ok t w) as [H _]. fold x in H. rewrite P in H. exact H. Qed.

(* A set tells only of its members, a waitable that has left or is gone is told through none. *)
Theorem told_only_through_its_set x o w n s : snd (step x o) = Told w n (Some s) -> set (ws x w) = Some s.
Proof.
  destruct o as [v | k v | v | v k | v | v | k | k | v | k]; simpl; unfold tell;
    repeat match goal with |- context [if ?c then _ else _] => destruct c eqn:?; simpl end; try discriminate.
  intro E. injection E as <- <- <-. apply andb_prop in Heqb as [I _]. unfold is_in in I. destruct (set (ws x v)); [|discriminate].
  f_equal. now apply Nat.eqb_eq.
Qed.

(* What is ready can be told: in its set, or directly if it is in none. *)
Theorem ready_is_tellable x w s : pending (ws x w) = true -> set (ws x w) = Some s ->
  snd (step x (OTake s w)) = Told w (version (ws x w)) (Some s).
Proof. intros P S. simpl. unfold is_in. now rewrite S, P, Nat.eqb_refl. Qed.

Theorem dropped_set_has_no_member t w s : set (ws (final step init t) w) = Some s -> sets_gone (final step init t) s = false.
Proof. intro S. now apply (always_placed t w s). Qed.

Theorem no_set_is_dropped_under_a_waiter x s : 0 < waiting x s -> snd (step x (ODropSet s)) = Trap.
Proof. intro W. apply Nat.ltb_lt in W. simpl. rewrite W, !orb_true_r. reflexivity. Qed.
